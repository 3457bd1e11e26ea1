// Switching the provider behind an alias, without any change for its clients: from, to, what differs, and a way back.
import { Alert, Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconEqual } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';

import { Problem } from '../../api/problem';
import type { Alias, CatalogModel, TargetSwitch } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { count, counted, money, price } from '../../elements/format';
import { FormError } from '../../elements/form-error';
import { undoable } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useImpact } from './impact';
import { aliasesChanged, fetchAlias, rollBack, updateAlias, useTeamsOf } from './queries';
import { TargetField, useCatalogModel } from './target-field';
import { Trial } from './trial';

export function SwitchDialog({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const client = useQueryClient();
  const [read, setRead] = useState(alias);
  const [target, setTarget] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [settled] = useDebouncedValue(target.trim(), 300);
  const teams = useTeamsOf(read);
  const impact = useImpact(read, { action: 'switch', litellm_model: settled }, /^[^/]+\/./.test(settled) && settled !== read.litellm_model);
  const shown = settled === target.trim() ? impact.data : undefined;
  const from = useCatalogModel(read.litellm_model).data?.find((one) => one.model === read.litellm_model);
  const to = useCatalogModel(target.trim()).data?.find((one) => one.model === target.trim());
  const refused = error instanceof Problem ? error.of('litellm_model') : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await updateAlias(read, { litellm_model: target.trim() }, reason || undefined, shown?.impact_token);
      undoable(`${read.alias} now points to ${target.trim()}`, async () => {
        await rollBack(read.alias, read.version, 'undone');
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
      onClose();
    } catch (why) {
      setError(why);
      // What somebody else did meanwhile is shown, and counts when it is tried again.
      void impact.refetch();
      if (why instanceof Problem && why.status === 412) setRead(await fetchAlias(read.alias));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`Switch provider of ${read.alias}`} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <FormError error={refused ? null : error} />
          <div>
            <Text size="sm" fw={600}>
              From
            </Text>
            <Text className="mono break">{read.litellm_model}</Text>
          </div>
          <TargetField value={target} onChange={setTarget} label="To" error={refused} autoFocus />
          {target.includes('/') && <Differences from={from} to={to} />}
          {shown?.switch && <Lately of={shown.switch} />}
          {target.includes('/') && <Trial alias={read.alias} target={target.trim()} />}
          <Text size="sm">
            {teams.data
              ? `${counted(teams.data.length, 'team')} can use ${read.alias}. Their next call goes to the new target; they change nothing.`
              : 'Their next call goes to the new target; clients change nothing.'}
          </Text>
          {read.pricing_source !== 'catalog' && (
            <Alert variant="outline" color="yellow" p="xs">
              <Text size="sm">The price of this alias was set by hand and stays: {price(read.pricing_input)} / {price(read.pricing_output)} per 1M tokens.</Text>
            </Alert>
          )}
          <TextInput label="Reason" description="For the activity log" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <BusyButton type="submit" busy={busy} disabled={!target.includes('/') || target.trim() === read.litellm_model}>
              Switch provider
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What the last 30 days would have cost on the other target, and what speaks against it. */
function Lately({ of }: { of: TargetSwitch }) {
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

function Differences({ from, to }: { from: CatalogModel | undefined; to: CatalogModel | undefined }) {
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
