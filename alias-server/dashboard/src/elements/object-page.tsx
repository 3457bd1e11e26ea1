// The page of one object: what was read of it, also where it is out of date, which is said; and that it is not there, or no more.
import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Problem, Unreachable } from '../api/problem';
import { t } from '../words';
import { LoadError } from './load-error';
import { Missing } from './missing';
import { type Crumb, PageHead } from './page-head';

interface Props<T> {
  read: UseQueryResult<T>;
  name: string;
  /** `team`. */
  kind: string;
  windowTitle: string;
  /** To the list that it is in. */
  trail: Crumb[];
  /** In the place of saying that there is none. */
  missing?: ReactNode;
  children: (found: T) => ReactNode;
}

export function ObjectPage<T>({ read, name, kind, windowTitle, trail, missing, children }: Props<T>) {
  const gone = read.error instanceof Problem && read.error.status === 404;
  const retry = () => void read.refetch();
  if (read.data !== undefined && !gone) {
    return (
      <>
        {/* That the server does not answer is said above every page. */}
        {read.error && !(read.error instanceof Unreachable) && <LoadError what={t`newer ${name}`} error={read.error} onRetry={retry} />}
        {children(read.data)}
      </>
    );
  }
  return (
    <>
      <PageHead title={name} windowTitle={windowTitle} trail={[...trail, { label: name }]} />
      {read.error ? (gone && missing) || <Missing what={name} kind={kind} error={read.error} onRetry={retry} /> : <Skeleton height={240} role="status" aria-label={t`Loading ${name}`} />}
    </>
  );
}
