// Usage over time: every hour, day or month of a report in its order, also those in which nothing happened.
import type { Percentiles, UsageReport, UsageRow } from '../api/types';
import { locale } from '../words';
import type { Point } from './chart';

export type Interval = 'hour' | 'day' | 'month';

const STARTS: Record<Interval, number> = { hour: 13, day: 10, month: 7 };

/** The key of the point that a moment belongs to. */
export const keyOf = (moment: string, interval: Interval): string => moment.slice(0, STARTS[interval]);

function* periods(from: string, to: string, interval: Interval): Generator<string> {
  const at = new Date(from);
  const end = new Date(to);
  while (at < end) {
    yield keyOf(at.toISOString(), interval);
    if (interval === 'hour') at.setUTCHours(at.getUTCHours() + 1);
    else if (interval === 'day') at.setUTCDate(at.getUTCDate() + 1);
    else at.setUTCMonth(at.getUTCMonth() + 1, 1);
  }
}

/** One point a period; `valuesOf` says what a row adds to which series, by their keys. */
export function pointsOf(report: UsageReport, interval: Interval, valuesOf: (row: UsageRow) => [string, number][]): Point[] {
  const points = emptyPoints(report, interval);
  for (const row of report.rows) {
    const values = points.get(keyOf(row.period ?? '', interval))?.values;
    for (const [key, value] of valuesOf(row)) values?.set(key, (values.get(key) ?? 0) + value);
  }
  return [...points.values()];
}

function emptyPoints(report: UsageReport, interval: Interval): Map<string, Point> {
  const now = new Date().toISOString();
  const to = report.to < now ? report.to : now;
  return new Map([...periods(report.from, to, interval)].map((period) => [period, { period, values: new Map() }]));
}

/** One point a period with the times that calls kept to; a period of which none is known has none. */
export function timesOf(report: UsageReport, interval: Interval, of: (row: UsageRow) => Percentiles | null | undefined): Point[] {
  const points = emptyPoints(report, interval);
  for (const row of report.rows) {
    const [values, times] = [points.get(keyOf(row.period ?? '', interval))?.values, of(row)];
    if (times) values?.set('p50', times.p50).set('p95', times.p95).set('p99', times.p99);
  }
  return [...points.values()];
}

const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `Oct 14`, `Oct 14, 13:00`, `Oct 2024`: of a point's key, in UTC. */
export function writePeriod(period: string): string {
  if (period.length === STARTS.month) return month.format(new Date(`${period}-01T00:00:00Z`));
  const date = day.format(new Date(`${period.slice(0, 10)}T00:00:00Z`));
  return period.length === STARTS.hour ? `${date}, ${period.slice(11)}:00` : date;
}
