// What was read, or why it was not: nothing in between looks like an empty answer.
import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';

import { Unreachable } from '../api/problem';
import { t } from '../words';
import { LoadError } from './load-error';

/** A query, or several pages of one. */
interface Read<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

interface Props<T> {
  query: Read<T>;
  what: string;
  height?: number;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, what, height = 80, children }: Props<T>) {
  const retry = () => {
    query.refetch();
  };
  if (query.data !== undefined) {
    return (
      <>
        {/* That the server does not answer is said above every page. */}
        {query.error && !(query.error instanceof Unreachable) && <LoadError what={t`newer: ${what}`} error={query.error} onRetry={retry} />}
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <LoadError what={what} error={query.error} onRetry={retry} />;
  return <Skeleton height={height} role="status" aria-label={t`Loading ${what}`} />;
}
