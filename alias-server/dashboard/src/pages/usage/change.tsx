// How much something differs from the period before, in words that need no colour.
interface Props {
  now: number;
  /** Of the period before; none where it was not asked for. */
  before: number | undefined;
  write: (value: number) => string;
}

/** `▲ 12 % from $1,075.20`. */
export function changeOf({ now, before, write }: Props): string | null {
  if (before === undefined) return null;
  if (now === before) return `as before: ${write(before)}`;
  if (before === 0) return 'none before';
  const percent = Math.round((100 * Math.abs(now - before)) / before);
  const sign = now > before ? '▲' : '▼';
  return `${sign} ${percent < 1 ? '<1' : percent} % from ${write(before)}`;
}
