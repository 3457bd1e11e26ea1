// The first of many, and a way to more of them: a page stands still over thousands of rows.
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { plural } from '../words';

const AT_ONCE = 100;

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
