// How much worse than the other targets a canary may be, before its callers go back by themselves.
import { Group, NumberInput, SimpleGrid, Text } from '@mantine/core';

import type { Guardrails } from '../../api/types';

type Measure = Exclude<keyof Guardrails, 'min_calls' | 'window_seconds'>;

/** What is compared, in the order in which it is judged. */
export const MEASURES: { name: Measure; label: string; unit: string }[] = [
  { name: 'error_rate', label: 'Errors', unit: 'percentage points more' },
  { name: 'p95_duration', label: 'Time to the end (p95)', unit: '% longer' },
  { name: 'p95_first_byte', label: 'Time to the first byte (p95)', unit: '% longer' },
  { name: 'output_tokens', label: 'Tokens of an answer', unit: '% more' },
  { name: 'cost', label: 'Cost of a call', unit: '% more' },
];

export const GUARDED: string[] = [...MEASURES.map((one) => one.name), 'min_calls', 'window_seconds'];

/** A start: errors, and times, for a call that hangs is no error. */
export const USUAL: Guardrails = { error_rate: 2, p95_duration: 50, min_calls: 50, window_seconds: 300 };

/** `errors 2 percentage points more, cost of a call 100 % more`. */
export const guardrailsText = (of: Guardrails): string =>
  MEASURES.flatMap(({ name, label, unit }) => {
    const most = of[name];
    return typeof most === 'number' ? [`${label.charAt(0).toLowerCase()}${label.slice(1)} ${most} ${unit}`] : [];
  }).join(', ');

interface Props {
  value: Guardrails;
  onChange: (value: Guardrails) => void;
  refused: (member: string) => string | undefined;
}

export function GuardrailsField({ value, onChange, refused }: Props) {
  const compare = (name: Measure, given: string | number) => {
    const { [name]: _, ...rest } = value;
    onChange(given === '' ? (rest as Guardrails) : { ...value, [name]: Number(given) });
  };
  const whole = (name: 'min_calls' | 'window_seconds', label: string, description: string) => (
    <NumberInput label={label} description={description} allowDecimal={false} allowNegative={false} hideControls value={value[name] || ''} error={refused(name)} onChange={(given) => onChange({ ...value, [name]: Number(given) })} style={{ flex: 1 }} />
  );
  return (
    <>
      <Text size="sm">The most that is allowed, against the other targets. Beyond it, its callers go back by themselves.</Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
        {MEASURES.map(({ name, label, unit }) => (
          <NumberInput
            key={name}
            label={label}
            description={unit}
            placeholder="not compared"
            decimalScale={2}
            allowNegative={false}
            hideControls
            value={value[name] ?? ''}
            error={refused(name)}
            onChange={(given) => compare(name, given)}
          />
        ))}
      </SimpleGrid>
      <Group align="flex-start" gap="xs">
        {whole('min_calls', 'Calls', 'so many before it is judged')}
        {whole('window_seconds', 'Seconds', 'over which calls are compared')}
      </Group>
    </>
  );
}
