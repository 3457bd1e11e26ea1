// A form that changes what somebody else may change meanwhile: it is sent against what was read, and only what differs.
import { useState } from 'react';

import { ifMatch } from '../api/client';
import { type FieldProblem, Problem } from '../api/problem';
import { t } from '../words';
import { changesOf } from './changes';
import type { CurlRequest } from './curl';

export const isOutdated = (why: unknown): why is Problem => why instanceof Problem && why.status === 412;

const written = (value: unknown) => (value === null || value === '' ? t`empty` : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** What both changed is said at its field, with what the other made of it. */
function overtaken<F extends object>(mine: Partial<F>, before: F, theirs: F): Problem {
  const both = Object.entries(changesOf<Partial<F>>(mine, changesOf(before, theirs))).filter(([field]) => field in mine);
  const errors: FieldProblem[] = both.map(([field, value]) => ({ field, message: t`somebody made it ${written(value)}; saving again puts yours in its place` }));
  return new Problem(412, { title: t`It was changed meanwhile`, detail: t`Nothing of yours was saved yet. Saving again changes only the fields that you changed.`, errors });
}

export interface Edited<T, F> {
  /** As it was read last: when the form was opened, or when somebody else turned out to be faster. */
  read: T | undefined;
  fields: F;
  set: <K extends keyof F>(name: K, value: F[K]) => void;
  /** Only what differs from what was read. */
  edit: Partial<F>;
  /** Sends the edit. Where somebody else was faster, what they changed is taken over, and why it was refused says so. */
  save: (send: (read: T, header: ReturnType<typeof ifMatch>) => Promise<unknown>, fetch: (read: T) => Promise<T>) => Promise<void>;
  /** The same for the command line, held to what was read, too. */
  put: (path: string, body?: object) => CurlRequest;
}

/** `found`: what is edited, none for something new. It may be read anew under the form: that changes nothing here. */
export function useEdited<T extends { version: number }, F extends object>(found: T | undefined, fieldsOf: (one: T | undefined) => F): Edited<T, F> {
  const [read, setRead] = useState(found);
  const [fields, setFields] = useState(() => fieldsOf(found));
  const edit = changesOf(fieldsOf(read), fields);
  const save: Edited<T, F>['save'] = async (send, fetch) => {
    if (!read) return;
    try {
      await send(read, ifMatch(read.version));
    } catch (why) {
      if (!isOutdated(why)) throw why;
      const now = await fetch(read);
      setRead(now);
      setFields({ ...fieldsOf(now), ...edit });
      throw overtaken(edit, fieldsOf(read), fieldsOf(now));
    }
  };
  const put: Edited<T, F>['put'] = (path, body = edit) => ({ method: 'PUT', path, body, headers: read && ifMatch(read.version) });
  return { read, fields, edit, put, save, set: (name, value) => setFields((before) => ({ ...before, [name]: value })) };
}
