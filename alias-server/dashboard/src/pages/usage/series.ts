// The largest groups of a report as series of a chart; what is smaller is one series, too.
import type { UsageRow } from '../../api/types';
import { COLOURS, type Series } from '../../elements/chart';
import { t } from '../../words';

/** Keys that no group has: those of groups begin with their sign. */
const OTHERS = 'others';
const ALL = 'all';

const groupKey = (row: UsageRow): string => (row.group == null ? ALL : `=${row.group}`);
const nameOf = (key: string): string => (key === OTHERS ? t`all others` : key === ALL ? t`all` : key.slice(1));

export function seriesOf(rows: UsageRow[], value: (row: UsageRow) => number): { series: Series[]; keyOf: (row: UsageRow) => string } {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(groupKey(row), (sums.get(groupKey(row)) ?? 0) + value(row));
  const most = COLOURS.length - 1;
  const sorted = [...sums].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  const shown = new Set(sorted.length > COLOURS.length ? sorted.slice(0, most) : sorted);
  const keys = sorted.length > shown.size ? [...shown, OTHERS] : [...shown];
  const series = keys.map((key, index) => ({ key, name: nameOf(key), colour: (key === OTHERS ? COLOURS.at(-1) : COLOURS[index]) ?? '', ...(key === OTHERS || key === ALL ? {} : { only: nameOf(key) }) }));
  return { series, keyOf: (row) => (shown.has(groupKey(row)) ? groupKey(row) : OTHERS) };
}
