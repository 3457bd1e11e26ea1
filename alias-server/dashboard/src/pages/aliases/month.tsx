// What each alias was called in the last 30 days: one report for the whole list, drawn small in its rows.
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { count, daysBefore } from '../../elements/format';
import { MONTH } from './queries';

export const MOST_ROWS = 10_000;
const WIDTH = 60;
const HEIGHT = 18;

/** Calls by day, the oldest first, by alias. */
export type Month = Map<string, number[]>;

/** None while it is read, and where more aliases are in use than one report holds. */
export function useMonth(enabled: boolean): Month | undefined {
  const from = daysBefore(MONTH - 1);
  const read = useQuery({
    queryKey: ['alias-usage', 'month', from],
    enabled,
    staleTime: 60_000,
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { from, interval: 'day', group_by: 'alias', limit: MOST_ROWS } } })),
  });
  if (!read.data || read.data.has_more) return undefined;
  const start = Date.parse(from);
  const month: Month = new Map();
  for (const row of read.data.rows) {
    const days = month.get(row.group ?? '') ?? new Array<number>(MONTH).fill(0);
    const day = Math.floor((Date.parse(row.period ?? from) - start) / 86_400_000);
    if (day >= 0 && day < MONTH) days[day] = (days[day] ?? 0) + row.calls;
    month.set(row.group ?? '', days);
  }
  return month;
}

export function CallsOfMonth({ month, alias }: { month: Month | undefined; alias: string }) {
  if (!month) return <span className="dim">–</span>;
  const days = month.get(alias);
  if (!days) return <>0</>;
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 8 }}>
      <Sparkline values={days} />
      {count(days.reduce((sum, calls) => sum + calls, 0))}
    </span>
  );
}

/** The number beside it says the sum; the line is for eyes only. */
function Sparkline({ values }: { values: number[] }) {
  const most = Math.max(...values, 1);
  const step = WIDTH / (values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 1 - (value / most) * (HEIGHT - 2)).toFixed(1)}`);
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(' ')} fill="none" stroke="var(--alias-accent)" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
}
