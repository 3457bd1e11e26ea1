// The time that a report is about, as the address says it.
import { daysBefore } from '../../elements/format';
import type { Interval } from '../../elements/periods';
import type { UrlState } from '../../elements/url-state';
import { t } from '../../words';

export interface Range {
  name: string;
  from: string;
  to: string;
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

export function rangeOf(url: UrlState): Range {
  const today = daysBefore(0);
  const name = RANGES.some((one) => one.value === url.get('range')) ? url.get('range') : '30d';
  if (name === '24h') return { name, from: daysBefore(1), to: today, interval: 'hour' };
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

const DAY = 86_400_000;

const dateOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** As many days, right before. */
export function periodBefore({ from, to }: Range): { from: string; to: string } {
  const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
  const last = Date.parse(from) - DAY;
  return { from: dateOf(last - (days - 1) * DAY), to: dateOf(last) };
}
