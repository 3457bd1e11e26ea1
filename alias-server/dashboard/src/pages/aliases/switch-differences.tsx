// What differs between two targets: prices, sizes, abilities, and what the last month would have cost.
import { Group, Stack, Table, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconEqual } from '@tabler/icons-react';

import type { CatalogModel, TargetSwitch } from '../../api/types';
import { count, counted, money, price } from '../../elements/format';

/** What the last 30 days would have cost on the other target, and what speaks against it. */
export function Lately({ of }: { of: TargetSwitch }) {
  const dearer = of.difference_usd ?? 0;
  return (
    <Stack gap={4}>
      {of.calls > 0 && of.repriced_cost_usd != null && (
        <Text size="sm" className="number">
          The {counted(of.calls, 'call')} of the last 30 days cost {money(of.cost_usd)}; there they would have cost {money(of.repriced_cost_usd)}
          {dearer !== 0 && ` (${dearer > 0 ? '+' : '−'}${money(Math.abs(dearer))})`}.
        </Text>
      )}
      {of.calls_too_long > 0 && (
        <Text size="sm" style={{ color: 'var(--alias-warn)' }}>
          {counted(of.calls_too_long, 'of these calls was', 'of these calls were')} longer than the new target takes.
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
    ['Input per 1M tokens', from?.prices?.input, to?.prices?.input, price],
    ['Output per 1M tokens', from?.prices?.output, to?.prices?.output, price],
    ['Tokens of context', from?.max_input_tokens, to?.max_input_tokens, count],
    ['Tokens of an answer', from?.max_output_tokens, to?.max_output_tokens, count],
  ];
  return (
    <div>
      <Table withRowBorders={false} verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What differs</Table.Th>
            <Table.Th ta="right">Now</Table.Th>
            <Table.Th ta="right">Then</Table.Th>
            <Table.Th w={110}>
              <span className="visually-hidden">Change</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([label, now, then, write]) => (
            <Table.Tr key={label}>
              <Table.Td>{label}</Table.Td>
              <Table.Td ta="right" className="number">
                {now == null ? 'unknown' : write(now)}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {then == null ? 'unknown' : write(then)}
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
          Not on the new target: {lost.join(', ')}.
        </Text>
      )}
      {gained.length > 0 && (
        <Text size="sm" mt={6} c="dimmed">
          New with it: {gained.join(', ')}.
        </Text>
      )}
    </div>
  );
}

function Change({ now, then }: { now: number | null | undefined; then: number | null | undefined }) {
  if (now == null || then == null) return null;
  const Sign = then === now ? IconEqual : then > now ? IconArrowUp : IconArrowDown;
  const percent = now > 0 ? Math.round((100 * (then - now)) / now) : null;
  const text = then === now ? 'the same' : percent === null ? 'more' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
  return (
    <Group gap={4} wrap="nowrap" c="dimmed">
      <Sign size={14} aria-hidden />
      <Text size="sm" className="number">
        {text}
      </Text>
    </Group>
  );
}
