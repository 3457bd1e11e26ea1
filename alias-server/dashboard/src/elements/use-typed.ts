// A text of the address that is typed: in the field at once, in the address a moment after the last key.
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

interface Typed {
  text: string;
  /** `sent`: as the address has it; none is not for it. */
  type: (text: string, sent: string | undefined) => void;
  send: (sent: string | undefined) => void;
}

/**
 * Back and forward change the address, and then the field. What was sent from the field comes back from the address, too, and late:
 * that changes nothing of what was typed since.
 */
export function useTyped(kept: string, change: (text: string) => void, wait: number): Typed {
  const [text, setText] = useState(kept);
  const underWay = useRef<string[]>([]);
  const send = (sent: string | undefined) => {
    if (sent === undefined || sent === (underWay.current.at(-1) ?? kept)) return;
    underWay.current.push(sent);
    change(sent);
  };
  const later = useDebouncedCallback(send, wait);
  useEffect(() => {
    const place = underWay.current.indexOf(kept);
    underWay.current.splice(0, place + 1);
    if (place < 0) setText(kept);
  }, [kept]);
  return {
    text,
    send,
    type: (next, sent) => {
      setText(next);
      later(sent);
    },
  };
}
