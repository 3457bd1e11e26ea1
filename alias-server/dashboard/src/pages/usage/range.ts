// The time that a report is about, as the address says it.
import { daysBefore } from '../../elements/format';
import type { Interval } from '../../elements/periods';
import type { UrlState } from '../../elements/url-state';
import { t } from '../../words';

/** Dates, the last of them whole, or moments: as the API takes them. */
export interface Span {
  from: string;
  to: string;
}

export interface Range extends Span {
  name: string;
  interval: Interval;
}

export const RANGES = [
  { value: '24h', label: t`24 hours` },
  { value: '7d', label: t`7 days` },
  { value: '30d', label: t`30 days` },
  { value: 'month', label: t`This month` },
  { value: 'custom', label: t`Custom` },
];

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const momentOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
const dateOf = (milliseconds: number): string => momentOf(milliseconds).slice(0, 10);

export function rangeOf(url: UrlState): Range {
  const today = daysBefore(0);
  const name = RANGES.some((one) => one.value === url.get('range')) ? url.get('range') : '30d';
  if (name === '24h') {
    // To the end of this hour, so that a chart has whole ones.
    const to = (Math.floor(Date.now() / HOUR) + 1) * HOUR;
    return { name, from: momentOf(to - DAY), to: momentOf(to), interval: 'hour' };
  }
  if (name === '7d') return { name, from: daysBefore(6), to: today, interval: 'day' };
  if (name === 'month') return { name, from: `${today.slice(0, 7)}-01`, to: today, interval: 'day' };
  if (name === 'custom') {
    const from = DATE.test(url.get('from')) ? url.get('from') : daysBefore(29);
    const to = DATE.test(url.get('to')) ? url.get('to') : today;
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
    return { name, from, to, interval: days <= 2 ? 'hour' : days > 120 ? 'month' : 'day' };
  }
  return { name, from: daysBefore(29), to: today, interval: 'day' };
}

/** As long, right before. */
export function periodBefore({ from, to }: Span): Span {
  const long = Date.parse(to) - Date.parse(from);
  if (!DATE.test(from)) return { from: momentOf(Date.parse(from) - long), to: from };
  const last = Date.parse(from) - DAY;
  return { from: dateOf(last - long), to: dateOf(last) };
}

/** The same as moments: from when on, and until when. */
export function momentsOf({ from, to }: Span): Span {
  return DATE.test(to) ? { from: `${from}T00:00:00Z`, to: momentOf(Date.parse(to) + DAY) } : { from, to };
}
