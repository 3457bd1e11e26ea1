// Model Access: the access groups, as a list or as the matrix of who can call what.
import { Button, Group, SegmentedControl } from '@mantine/core';
import { IconLockAccess, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { GroupSummary } from '../../api/types';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { SearchField } from '../../elements/filters';
import { count } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { PageHead } from '../../elements/page-head';
import { Time } from '../../elements/time';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { Matrix } from './matrix';
import { groupPath, useCallsOfMonth } from './queries';

const GroupForm = lazily(async () => (await import('./group-form')).GroupForm);

const columnsOf = (calls: Map<string, number> | undefined): Column<GroupSummary>[] => [
  {
    key: 'group',
    title: t`Group`,
    sort: 'group_name',
    cell: (row) => (
      <>
        <Group gap={6} wrap="nowrap">
          <Link className="row-link mono" to={groupPath(row.group_name)}>
            {row.group_name}
          </Link>
          <Managed by={row.managed_by} />
        </Group>
        {row.description && <span className="second-line one-line">{row.description}</span>}
      </>
    ),
  },
  { key: 'models', title: t`Aliases`, numeric: true, cell: (row) => count(row.model_count) },
  { key: 'teams', title: t`Teams`, numeric: true, cell: (row) => count(row.team_count) },
  { key: 'month', title: t`Calls, 30 days`, numeric: true, cell: (row) => (calls ? count(calls.get(row.group_name) ?? 0) : <span className="dim">–</span>) },
  { key: 'updated', title: t`Updated`, cell: (row) => <Time at={row.updated_at} /> },
];

export default function Groups() {
  const url = useUrlState();
  const create = useOverlay('create');
  const { may } = useSession();
  const view = url.get('view') === 'matrix' ? 'matrix' : 'list';
  return (
    <>
      <PageHead
        title={t`Model Access`}
        lead={t`Access groups bundle aliases; teams are granted groups. A team without a group can call nothing.`}
        actions={
          <>
            <ExportMenu<GroupSummary>
              name="access-groups"
              many={t`access groups`}
              read={async (part, signal) => {
                const list = await answer(api.GET('/api/model-access-groups', { params: { query: { q: url.get('q') || undefined, sort: url.get('sort') || undefined, ...part } }, signal }));
                return { rows: list.access_groups, total: list.total, next: list.next_cursor ?? undefined };
              }}
            />
            <SegmentedControl aria-label={t`View`} data={[{ value: 'list', label: t`List` }, { value: 'matrix', label: t`Matrix` }]} value={view} onChange={(next) => url.set({ view: next === 'list' ? null : next, q: null })} />
            {may('writeCatalog') && (
              <Button data-shortcut="create" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => create.open()}>
                {t`Create Access Group`}
              </Button>
            )}
          </>
        }
      />
      <div className="panel">{view === 'matrix' ? <Matrix /> : <List onCreate={() => create.open()} />}</div>
      {create.opened && may('writeCatalog') && <GroupForm onClose={create.close} />}
    </>
  );
}

function List({ onCreate }: { onCreate: () => void }) {
  const url = useUrlState();
  const { may } = useSession();
  const page = pageOf(url);
  const q = url.get('q') || undefined;
  const sort = url.get('sort') || undefined;
  const list = useQuery({
    queryKey: ['groups', { q, sort }, page],
    queryFn: () => answer(api.GET('/api/model-access-groups', { params: { query: { q, sort, ...page } } })),
    placeholderData: keepPreviousData,
  });
  const calls = useCallsOfMonth(list.isSuccess);
  return (
    <>
      <div className="filters">
        <SearchField url={url} label={t`Search groups`} />
      </div>
      <DataTable
        name="access groups"
        many={t`access groups`}
        columns={columnsOf(calls)}
        rows={list.data?.access_groups}
        total={list.data?.total}
        error={list.error}
        onRetry={() => void list.refetch()}
        url={url}
        defaultSort="group_name"
        id={(row) => row.group_name}
        empty={
          q ? (
            <Empty icon={IconLockAccess} title={t`No group matches`} actions={<Button variant="default" onClick={() => url.set({ q: null })}>{t`Clear search`}</Button>} />
          ) : (
            <Empty icon={IconLockAccess} title={t`No access groups yet`} actions={may('writeCatalog') && <Button onClick={onCreate}>{t`Create your first group`}</Button>}>
              {t`A group is a bundle of aliases, such as ${<span className="mono">gpt-models</span>}, that teams are granted.`}
            </Empty>
          )
        }
      />
    </>
  );
}
