// Parts of a page that are fetched when they are first shown: forms, dialogs, tabs.
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';

import { Boundary } from './boundary';

/** Until it is there, there is nothing in its place. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => ReactNode {
  const Part = lazy(async () => ({ default: await load() })) as ComponentType<P>;
  return (props) => (
    <Boundary>
      <Suspense>
        <Part {...props} />
      </Suspense>
    </Boundary>
  );
}
