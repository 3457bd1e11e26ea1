// From when on a change counts: now, or a moment in the time zone of whoever looks.
import { TextInput } from '@mantine/core';

import { t } from '../words';
import { exactTime } from './format';

interface Props {
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

/** `2027-01-31T07:00` of the field as the API writes moments; none where it is empty. */
export const momentOf = (value: string): string | undefined => (value ? new Date(value).toISOString().replace(/\.\d+Z$/, 'Z') : undefined);

export function MomentField({ value, onChange, error }: Props) {
  const at = momentOf(value);
  return <TextInput type="datetime-local" label={t`From when on`} description={at ? exactTime(at) : t`Empty is at once; else up to a year ahead`} value={value} error={error} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** A moment of the API in such a field, in the time zone of whoever looks. */
export function fieldOf(moment: string | null | undefined): string {
  if (!moment) return '';
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What the field says: where it was not touched exactly what was read, for it holds no seconds, and one hour a year twice. */
export const keptMoment = (value: string, read: string | null | undefined): string | undefined => (read && value === fieldOf(read) ? read : momentOf(value));
