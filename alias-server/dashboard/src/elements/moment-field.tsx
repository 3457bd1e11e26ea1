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
