// What differs between two targets: prices, sizes, abilities, and what the last month would have cost.
import { Group, Stack, Table, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconEqual } from '@tabler/icons-react';

import type { CatalogModel, TargetSwitch } from '../../api/types';
import { count, money, price } from '../../elements/format';
import { plural, t } from '../../words';

/** What the last 30 days would have cost on the other target, and what speaks against it. */
export function Lately({ of }: { of: TargetSwitch }) {
  const dearer = of.difference_usd ?? 0;
  return (
    <Stack gap={4}>
      {of.calls > 0 && of.repriced_cost_usd != null && (
        <Text size="sm" className="number">
          {plural(of.calls, 'The # call of the last 30 days cost {0}; there they would have cost {1}', 'The # calls of the last 30 days cost {0}; there they would have cost {1}', money(of.cost_usd), money(of.repriced_cost_usd))}
          {dearer !== 0 && ` (${dearer > 0 ? '+' : '−'}${money(Math.abs(dearer))})`}.
        </Text>
      )}
      {of.calls_too_long > 0 && (
        <Text size="sm" style={{ color: 'var(--alias-warn)' }}>
          {plural(of.calls_too_long, '# of these calls was longer than the new target takes.', '# of these calls were longer than the new target takes.')}
        </Text>
      )}
      {of.warnings.map((warning) => (
        <Text key={warning.code} size="sm" style={{ color: 'var(--alias-warn)' }} className="break">
          {warning.message}
        </Text>
      ))}
    </Stack>
  );
}

export function Differences({ from, to }: { from: CatalogModel | undefined; to: CatalogModel | undefined }) {
  const lost = (from?.capabilities ?? []).filter((one) => !to?.capabilities.includes(one));
  const gained = (to?.capabilities ?? []).filter((one) => !from?.capabilities.includes(one));
  const rows: [string, number | null | undefined, number | null | undefined, (value: number) => string][] = [
    [t`Input per 1M tokens`, from?.prices?.input, to?.prices?.input, price],
    [t`Output per 1M tokens`, from?.prices?.output, to?.prices?.output, price],
    [t`Tokens of context`, from?.max_input_tokens, to?.max_input_tokens, count],
    [t`Tokens of an answer`, from?.max_output_tokens, to?.max_output_tokens, count],
  ];
  return (
    <div>
      <Table withRowBorders={false} verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t`What differs`}</Table.Th>
            <Table.Th ta="right">{t`Now`}</Table.Th>
            <Table.Th ta="right">{t`Then`}</Table.Th>
            <Table.Th w={110}>
              <span className="visually-hidden">{t`Change`}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([label, now, then, write]) => (
            <Table.Tr key={label}>
              <Table.Td>{label}</Table.Td>
              <Table.Td ta="right" className="number">
                {now == null ? t`unknown` : write(now)}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {then == null ? t`unknown` : write(then)}
              </Table.Td>
              <Table.Td>
                <Change now={now} then={then} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {lost.length > 0 && (
        <Text size="sm" mt={6} style={{ color: 'var(--alias-warn)' }}>
          {t`Not on the new target: ${lost.join(', ')}.`}
        </Text>
      )}
      {gained.length > 0 && (
        <Text size="sm" mt={6} c="dimmed">
          {t`New with it: ${gained.join(', ')}.`}
        </Text>
      )}
    </div>
  );
}

function Change({ now, then }: { now: number | null | undefined; then: number | null | undefined }) {
  if (now == null || then == null) return null;
  const Sign = then === now ? IconEqual : then > now ? IconArrowUp : IconArrowDown;
  const percent = now > 0 ? Math.round((100 * (then - now)) / now) : null;
  const text = then === now ? t`the same` : percent === null ? t`more` : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
  return (
    <Group gap={4} wrap="nowrap" c="dimmed">
      <Sign size={14} aria-hidden />
      <Text size="sm" className="number">
        {text}
      </Text>
    </Group>
  );
}
