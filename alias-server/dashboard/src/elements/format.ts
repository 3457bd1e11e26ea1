// How numbers, money and times are written everywhere.
import { locale, t } from '../words';

const whole = new Intl.NumberFormat(locale);
const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 2 });
const hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const millionths = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
const cents = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' });
const exact = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumFractionDigits: 9 });

export const count = (value: number): string => whole.format(value);

export const compact = (value: number): string => (value < 100_000 ? whole.format(value) : short.format(value));

export function money(usd: number): string {
  if (usd !== 0 && Math.abs(usd) < 0.01) return usd > 0 ? '<$0.01' : '>−$0.01';
  return cents.format(usd);
}

export const exactMoney = (usd: number): string => exact.format(usd);

/** A price per million tokens, without needless zeros. */
export const price = (usd: number | null | undefined): string => (usd == null ? t`unknown` : exact.format(usd).replace(/\.00$/, ''));

/** Credits at a glance: to the hundredth, and never as none where there are some. */
export function credits(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.01) return value > 0 ? '<0.01' : '>−0.01';
  return hundredths.format(value);
}

/** Credits as the ledger has them: to the millionth. */
export const exactCredits = (value: number): string => millionths.format(value);

/** Of one: `12 %`. */
export const percent = (part: number, digits = 0): string => `${new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(100 * part)} %`;

export const tokens = (value: number): string => short.format(value);

/** `820 ms`, `2.1 s`, `3.5 min`: as exact as a glance can use. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return t`${count(milliseconds)} ms`;
  if (milliseconds < 60_000) return t`${tenths.format(milliseconds / 1_000)} s`;
  return t`${tenths.format(milliseconds / 60_000)} min`;
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 hours ago`, `in 12 days`. */
export function ago(moment: string, now = Date.now()): string {
  const seconds = (Date.parse(moment) - now) / 1_000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return t`just now`;
}

/** Both clocks: the reader's and UTC. */
export function exactTime(moment: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  return `${at.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' })} (${moment.replace('T', ' ').replace('Z', ' UTC')})`;
}

/** The moment `days` days after another one, as the API writes it; none where there are no days. */
export const daysAfter = (from: number, days: string): string | null => (days ? new Date(from + Number(days) * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z') : null);

/** The date `days` days before today, in UTC. */
export function daysBefore(days: number, from = new Date()): string {
  return new Date(from.getTime() - days * 86_400_000).toISOString().slice(0, 10);
}
