// What was read, or why it was not: nothing in between looks like an empty answer.
import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Unreachable } from '../api/problem';
import { t } from '../words';
import { LoadError } from './load-error';

interface Props<T> {
  query: UseQueryResult<T>;
  what: string;
  height?: number;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, what, height = 80, children }: Props<T>) {
  const retry = () => void query.refetch();
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
