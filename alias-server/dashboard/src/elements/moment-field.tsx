// From when on a change counts: now, or a moment in the time zone of whoever looks.
import { TextInput } from '@mantine/core';

import { t } from '../words';
import { exactTime } from './format';

interface Props {
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

/** A field for a moment. Without a limit, browsers let years of six digits be typed. */
export const MOMENT = { type: 'datetime-local', max: '9999-12-31T23:59' } as const;

/** `2027-01-31T07:00` of the field as the API writes moments; none where it is empty. What is no moment goes as it is: the server says so. */
export function momentOf(value: string): string | undefined {
  if (!value) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : at.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function MomentField({ value, onChange, error }: Props) {
  const at = momentOf(value);
  return <TextInput {...MOMENT} label={t`From when on`} description={at ? exactTime(at) : t`Empty is at once; else up to a year ahead`} value={value} error={error} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** A moment of the API in such a field, in the time zone of whoever looks. */
export function fieldOf(moment: string | null | undefined): string {
  if (!moment) return '';
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What the field says: where it was not touched exactly what was read, for it holds no seconds, and one hour a year twice. */
export const keptMoment = (value: string, read: string | null | undefined): string | undefined => (read && value === fieldOf(read) ? read : momentOf(value));
