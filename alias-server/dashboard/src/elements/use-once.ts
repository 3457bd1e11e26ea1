// Requests that must not happen twice: where no answer came, the same sent again has the same key.
import { useRef } from 'react';

import { freshKey, type OnlyOnce } from '../api/client';
import { Problem } from '../api/problem';

/** A refusal settles it: what is sent next is a request of its own. One that is still under way does not. */
const isSettled = (why: unknown) => why instanceof Problem && why.status < 500 && why.code !== 'request_in_progress';

/** `body`: what is sent; another one is another request. */
export type Once = <T>(body: unknown, send: (header: OnlyOnce) => Promise<T>) => Promise<T>;

export function useOnce(): Once {
  const open = useRef<{ text: string; key: string } | null>(null);
  return async (body, send) => {
    const text = JSON.stringify(body);
    const { key } = (open.current = open.current?.text === text ? open.current : { text, key: freshKey() });
    try {
      const said = await send({ 'Idempotency-Key': key });
      open.current = null;
      return said;
    } catch (why) {
      if (isSettled(why)) open.current = null;
      throw why;
    }
  };
}
