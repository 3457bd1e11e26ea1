// How much something differs from the period before, in words that need no colour.
import { t } from '../../words';

interface Props {
  now: number;
  /** Of the period before; none where it was not asked for. */
  before: number | undefined;
  write: (value: number) => string;
}

/** `▲ 12 % from $1,075.20`. */
export function changeOf({ now, before, write }: Props): string | null {
  if (before === undefined) return null;
  if (now === before) return t`as before: ${write(before)}`;
  if (before === 0) return t`none before`;
  const percent = Math.round((100 * Math.abs(now - before)) / before);
  const sign = now > before ? '▲' : '▼';
  return t`${sign} ${percent < 1 ? '<1' : percent} % from ${write(before)}`;
}
