// A moment: how long ago, and exactly when under the pointer.
import { t } from '../words';
import { ago, exactTime } from './format';

export function Time({ at, none = t`never` }: { at: string | null | undefined; none?: string }) {
  if (!at) return <span>{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {ago(at)}
    </time>
  );
}
