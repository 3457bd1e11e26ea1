// Activity: who did what to which object, when, from where; and what differed.
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { AuditRecord } from '../../api/types';
import { actorOf } from '../../elements/actor';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { DateField } from '../../elements/date-field';
import { Diff } from '../../elements/diff';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { ClearFilters, FilterMenu, SearchField } from '../../elements/filters';
import { exactTime } from '../../elements/format';
import { RequestId } from '../../elements/load-error';
import { Modal } from '../../elements/overlays';
import { PageHead } from '../../elements/page-head';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { pathOf } from './object-path';
import { sentenceOf } from './sentence';

const FILTERS = ['q', 'action', 'outcome', 'from', 'to'];

const ACTIONS = ['alias', 'group', 'organization', 'team', 'key', 'credits', 'budget', 'catalog', 'account', 'admin_token', 'session', 'webhook'];

/** When a day begins where the reader is: the times beside are of that clock, too. */
function midnight(date: string, days = 0): string | undefined {
  const at = new Date(`${date}T00:00`);
  at.setDate(at.getDate() + days);
  return Number.isNaN(at.getTime()) ? undefined : `${at.toISOString().slice(0, 19)}Z`;
}

function columns(open: (record: AuditRecord) => void): Column<AuditRecord>[] {
  return [
    { key: 'at', title: t`When`, width: 150, cell: (row) => <Time at={row.at} /> },
    { key: 'actor', title: t`Who`, cell: (row) => <span className="break">{actorOf(row)}</span> },
    {
      key: 'what',
      title: t`What`,
      cell: (row) => (
        <>
          <button type="button" className="text-button" onClick={() => open(row)}>
            {sentenceOf(row)}
          </button>
          {row.reason && <span className="second-line one-line">“{row.reason}”</span>}
        </>
      ),
    },
    { key: 'outcome', title: t`Outcome`, cell: (row) => (row.outcome === 'done' ? <Status tone="good">{t`Done`}</Status> : <Status tone="warn">{t`Refused`}</Status>) },
    { key: 'source', title: t`Through`, cell: (row) => row.source },
    { key: 'address', title: t`Address`, cell: (row) => <span className="mono">{row.address ?? '–'}</span> },
    { key: 'revision', title: t`Revision`, numeric: true, hidden: true, cell: (row) => row.revision ?? '–' },
  ];
}

export default function Activity() {
  const url = useUrlState();
  const [shown, setShown] = useState<AuditRecord | null>(null);
  const page = pageOf(url);
  const query = { target: url.get('q') || undefined, action: url.get('action') || undefined, outcome: url.get('outcome') || undefined, from: midnight(url.get('from')), to: midnight(url.get('to'), 1) };
  const list = useQuery({
    queryKey: ['audit', 'list', query, page],
    queryFn: () => answer(api.GET('/api/audit', { params: { query: { ...query, ...page } } })),
    placeholderData: keepPreviousData,
  });
  const filtered = FILTERS.some((name) => url.get(name));
  return (
    <>
      <PageHead
        title={t`Activity`}
        lead={t`The audit log: each record holds the hash of the one before it.`}
        actions={
          <ExportMenu<AuditRecord>
            name="activity"
            many={t`records`}
            read={async (part, signal) => {
              const list = await answer(api.GET('/api/audit', { params: { query: { ...query, ...part } }, signal }));
              return { rows: list.records, total: list.total, next: list.next_cursor ?? undefined };
            }}
          />
        }
      />
      <div className="panel">
        <div className="filters">
          <SearchField url={url} label={t`Exact name of an object`} />
          <FilterMenu url={url} name="action" label={t`Object`} choices={ACTIONS.map((value) => ({ value, label: value.replaceAll('_', ' ') }))} />
          <FilterMenu url={url} name="outcome" label={t`Outcome`} choices={[{ value: 'done', label: t`Done` }, { value: 'refused', label: t`Refused` }]} />
          <DateField label={t`From`} value={url.get('from')} onChange={(from) => url.set({ from })} />
          <DateField label={t`To`} value={url.get('to')} onChange={(to) => url.set({ to })} />
          <ClearFilters url={url} names={FILTERS} />
        </div>
        <DataTable
          name="records"
          many={t`records`}
          columns={columns(setShown)}
          rows={list.data?.records}
          total={list.data?.total}
          error={list.error}
          onRetry={() => void list.refetch()}
          url={url}
          id={(row) => row.id}
          empty={
            <Empty icon={IconActivity} title={filtered ? t`No record matches` : t`Nothing happened yet`}>
              {t`Every change, and every attempt that was refused, appears here.`}
            </Empty>
          }
        />
      </div>
      {shown && <RecordDialog record={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function RecordDialog({ record, onClose }: { record: AuditRecord; onClose: () => void }) {
  const to = pathOf(record);
  const rows: [string, ReactNode][] = [
    [t`When`, exactTime(record.at)],
    [t`Who`, `${actorOf(record)}${record.actor_id ? ` (${record.actor_id})` : ''}`],
    [t`Action`, <span key="action" className="mono">{record.action}</span>],
    [t`Outcome`, record.outcome === 'done' ? t`Done` : t`Refused`],
    [t`Through`, record.address ? t`${record.source}, from ${record.address}` : record.source],
    [t`Reason`, record.reason ?? '–'],
    [t`Revision`, record.revision ?? '–'],
    [t`Hash`, <span key="hash" className="mono break">{record.hash}</span>],
  ];
  return (
    <Modal opened onClose={onClose} size="xl" title={`${actorOf(record)} ${sentenceOf(record)}`}>
      <Stack>
        <Table withRowBorders={false} verticalSpacing={3}>
          <Table.Tbody>
            {rows.map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th scope="row" w={110} fw={500} c="dimmed">
                  {label}
                </Table.Th>
                <Table.Td className="break">{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <div>
          <Text fw={600} size="sm">
            {t`What differs`}
          </Text>
          <Diff change={record.diff} />
        </div>
        <Group justify="space-between">
          {record.request_id ? <RequestId id={record.request_id} /> : <span />}
          {to && (
            <Group gap="xs">
              {record.object === 'model_alias' && (
                <Button component={Link} to={`${to}?tab=history`} variant="default" size="xs">
                  {t`Roll back in its history…`}
                </Button>
              )}
              <Button component={Link} to={to} variant="default" size="xs">
                {t`Open ${record.name}`}
              </Button>
            </Group>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
