// A date of a list's filters, in the address.
import { TextInput } from '@mantine/core';

import { useTyped } from './use-typed';

interface Props {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onChange: (value: string) => void;
}

const WAIT_MS = 400;
/** Browsers give each digit of a year as a date: 0002, 0020, 0202, 2025. */
const FIRST = '2000-01-01';
const LAST = '9999-12-31';

/** What the field says; nothing while the date is half typed. */
function dateIn({ value, validity }: HTMLInputElement): string | undefined {
  const whole = value === '' ? !validity.badInput : value >= FIRST && value <= LAST;
  return whole ? value : undefined;
}

export function DateField({ label, value, min = FIRST, max = LAST, onChange }: Props) {
  const { text, type, send } = useTyped(value, onChange, WAIT_MS);
  return (
    <TextInput
      size="xs"
      type="date"
      aria-label={label}
      min={min}
      max={max}
      value={text}
      onChange={({ currentTarget }) => type(currentTarget.value, dateIn(currentTarget))}
      onBlur={({ currentTarget }) => send(dateIn(currentTarget))}
      onKeyDown={({ key, currentTarget }) => key === 'Enter' && send(dateIn(currentTarget))}
    />
  );
}
