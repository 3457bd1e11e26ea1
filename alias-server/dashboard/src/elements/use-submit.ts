// Sending a form: busy while it is under way, and why it was refused.
import { type FormEvent, useState } from 'react';

import { Problem } from '../api/problem';

export interface Submit {
  busy: boolean;
  error: unknown;
  setError: (error: unknown) => void;
  run: () => Promise<void>;
  onSubmit: (event: FormEvent) => void;
  /** What is wrong with one field. */
  of: (field: string) => string | undefined;
}

/** `send` closes the form itself when all went well. */
export function useSubmit(send: () => Promise<void>): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await send();
    } catch (why) {
      setError(why);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    setError,
    run,
    onSubmit: (event) => {
      event.preventDefault();
      void run();
    },
    of: (field) => (error instanceof Problem ? error.of(field) : undefined),
  };
}
