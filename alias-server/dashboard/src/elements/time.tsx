// A moment: how long ago, and exactly when on hover or focus.
import { Tooltip } from '@mantine/core';

import { ago, exactTime } from './format';

export function Time({ at, none = 'never' }: { at: string | null | undefined; none?: string }) {
  if (!at) return <span>{none}</span>;
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at}>{ago(at)}</time>
    </Tooltip>
  );
}
