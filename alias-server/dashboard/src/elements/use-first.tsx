// The first of many, and a way to more of them: a page stands still over thousands of rows.
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { plural } from '../words';

const AT_ONCE = 100;
const NAMED = 50;

/** Names in a sentence: the first of them, and how many more there are. */
export function listed(names: string[]): string {
  const rest = names.length - NAMED;
  const first = names.slice(0, NAMED).join(', ');
  return rest > 0 ? plural(rest, '{0} and # more', '{0} and # more', first) : first;
}

export function useFirst<T>(all: T[]): { first: T[]; more: ReactNode } {
  const [most, setMost] = useState(AT_ONCE);
  const rest = all.length - most;
  return {
    first: all.slice(0, most),
    more: rest > 0 && (
      <Button size="compact-sm" variant="subtle" onClick={() => setMost(most + AT_ONCE)}>
        {plural(rest, 'Show more: # is left', 'Show more: # are left')}
      </Button>
    ),
  };
}
