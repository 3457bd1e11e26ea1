// Somebody else changed what one is editing: field by field, mine or theirs.
import { Button, Group, Radio, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../api/client';
import { useSession } from '../session/session';
import { t } from '../words';
import { BusyButton } from './busy-button';
import { Modal } from './overlays';
import { Time } from './time';

export interface Clash {
  field: string;
  label: string;
  mine: unknown;
  theirs: unknown;
}

interface Props {
  name: string;
  clashes: Clash[];
  busy: boolean;
  onCancel: () => void;
  /** The fields where mine counts. */
  onSave: (mine: Set<string>) => void;
}

const shown = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return t`(empty)`;
  if (typeof value === 'boolean') return value ? t`on` : t`off`;
  if (Array.isArray(value)) return value.map((one: unknown) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ') || t`(none)`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

export function MergeDialog({ name, clashes, busy, onCancel, onSave }: Props) {
  const [mine, setMine] = useState(() => new Set(clashes.map((clash) => clash.field)));
  const choose = (field: string, isMine: boolean) => {
    const next = new Set(mine);
    if (isMine) next.add(field);
    else next.delete(field);
    setMine(next);
  };
  return (
    <Modal opened onClose={onCancel} size="lg" title={t`${name} was changed meanwhile`}>
      <Stack>
        <LastChange name={name} />
        {clashes.length === 0 ? (
          <Text size="sm">{t`What you changed is as you want it already. Nothing has to be saved.`}</Text>
        ) : (
          <div className="table-scroll">
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t`Field`}</Table.Th>
                  <Table.Th>{t`Mine`}</Table.Th>
                  <Table.Th>{t`Theirs`}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {clashes.map((clash) => (
                  <Table.Tr key={clash.field}>
                    <Table.Th scope="row">{clash.label}</Table.Th>
                    <Table.Td>
                      <Radio name={clash.field} label={shown(clash.mine)} aria-label={t`${clash.label}, mine: ${shown(clash.mine)}`} checked={mine.has(clash.field)} onChange={() => choose(clash.field, true)} />
                    </Table.Td>
                    <Table.Td>
                      <Radio name={clash.field} label={shown(clash.theirs)} aria-label={t`${clash.label}, theirs: ${shown(clash.theirs)}`} checked={!mine.has(clash.field)} onChange={() => choose(clash.field, false)} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t`Back to the form`}
          </Button>
          <BusyButton busy={busy} onClick={() => onSave(mine)}>
            {t`Save choice`}
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}

function LastChange({ name }: { name: string }) {
  const { may } = useSession();
  const last = useQuery({
    queryKey: ['audit', 'last', name],
    enabled: may('readAudit'),
    queryFn: () => answer(api.GET('/api/audit', { params: { query: { target: name, limit: 1 } } })),
  });
  const record = last.data?.records[0];
  if (!record) return <Text size="sm">{t`Nothing was saved yet. Choose what counts.`}</Text>;
  return (
    <Text size="sm">
      {t`${record.actor_name ?? record.actor} changed this ${<Time at={record.at} />}. Nothing of yours was saved yet: choose what counts.`}
    </Text>
  );
}
