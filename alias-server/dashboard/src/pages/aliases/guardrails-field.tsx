// How much worse than the other targets a canary may be, before its callers go back by themselves.
import { Group, NumberInput, SimpleGrid, Text } from '@mantine/core';

import type { Guardrails } from '../../api/types';
import { t } from '../../words';
import { type Measure, MEASURES } from './guardrails';

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
      <Text size="sm">{t`The most that is allowed, against the other targets. Beyond it, its callers go back by themselves.`}</Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
        {MEASURES.map(({ name, label, unit }) => (
          <NumberInput
            key={name}
            label={label}
            description={unit}
            placeholder={t`not compared`}
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
        {whole('min_calls', t`Calls`, t`so many before it is judged`)}
        {whole('window_seconds', t`Seconds`, t`over which calls are compared`)}
      </Group>
    </>
  );
}
