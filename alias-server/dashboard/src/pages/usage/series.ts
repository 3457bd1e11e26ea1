// The largest groups of a report as series of a chart; what is smaller is one series, too.
import type { UsageRow } from '../../api/types';
import { COLOURS, type Series } from '../../elements/chart';
import { t } from '../../words';

const OTHERS = t`others`;
const ALL = t`all`;

export function seriesOf(rows: UsageRow[], value: (row: UsageRow) => number): { series: Series[]; nameOf: (row: UsageRow) => string } {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = row.group ?? ALL;
    sums.set(name, (sums.get(name) ?? 0) + value(row));
  }
  const most = COLOURS.length - 1;
  const sorted = [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const shown = new Set(sorted.length > COLOURS.length ? sorted.slice(0, most) : sorted);
  const names = sorted.length > shown.size ? [...shown, OTHERS] : [...shown];
  const series = names.map((name, index) => ({ name, colour: (name === OTHERS ? COLOURS.at(-1) : COLOURS[index]) ?? '' }));
  return { series, nameOf: (row) => (shown.has(row.group ?? ALL) ? (row.group ?? ALL) : OTHERS) };
}
