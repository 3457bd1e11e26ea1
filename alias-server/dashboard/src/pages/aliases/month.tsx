// What each alias was called in the last 30 days: one report for the whole list, drawn small in its rows.
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { UsageReport } from '../../api/types';
import { count, daysBefore } from '../../elements/format';
import { MONTH } from './queries';

const MOST_ROWS = 10_000;
const WIDTH = 60;
const HEIGHT = 18;

/** What the aliases were called, by their names. */
export interface Month {
  /** Calls by day, the oldest first; not where so many are in use that one report does not hold their days. */
  days?: Map<string, number[]>;
  sums?: Map<string, number>;
}

/** Empty while it is read. */
export function useMonth(enabled: boolean): { month: Month; error: Error | null; retry: () => void } {
  const from = daysBefore(MONTH - 1);
  const daily = useQuery({
    queryKey: ['alias-usage', 'month', from],
    enabled,
    staleTime: 60_000,
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { from, interval: 'day', group_by: 'alias', limit: MOST_ROWS } } })),
  });
  const isLarge = daily.data?.has_more === true;
  const totals = useTotals(isLarge);
  const read = isLarge ? totals : daily;
  return { month: isLarge ? { sums: sumsOf(totals.data) } : { days: daysOf(daily.data, from) }, error: read.error, retry: () => void read.refetch() };
}

/** The sums of the same days, a row an alias. */
export function useTotals(enabled = true) {
  const from = daysBefore(MONTH - 1);
  return useQuery({
    queryKey: ['alias-usage', 'totals', from],
    enabled,
    staleTime: 60_000,
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { from, group_by: 'alias', limit: MOST_ROWS } } })),
  });
}

function daysOf(report: UsageReport | undefined, from: string): Month['days'] {
  if (!report) return undefined;
  const start = Date.parse(from);
  const month = new Map<string, number[]>();
  for (const row of report.rows) {
    const days = month.get(row.group ?? '') ?? new Array<number>(MONTH).fill(0);
    const day = Math.floor((Date.parse(row.period ?? from) - start) / 86_400_000);
    if (day >= 0 && day < MONTH) days[day] = (days[day] ?? 0) + row.calls;
    month.set(row.group ?? '', days);
  }
  return month;
}

function sumsOf(report: UsageReport | undefined): Month['sums'] {
  if (!report || report.has_more) return undefined;
  const sums = new Map<string, number>();
  for (const row of report.rows) sums.set(row.group ?? '', (sums.get(row.group ?? '') ?? 0) + row.calls);
  return sums;
}

export function CallsOfMonth({ month, alias }: { month: Month; alias: string }) {
  if (month.sums) return <>{count(month.sums.get(alias) ?? 0)}</>;
  if (!month.days) return <span className="dim">–</span>;
  const days = month.days.get(alias);
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
