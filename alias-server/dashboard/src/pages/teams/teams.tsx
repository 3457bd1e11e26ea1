// Teams: who may call, with which groups and how many credits.
import { Button, Group } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { Team, TeamSummary } from '../../api/types';
import { Chips } from '../../elements/chips';
import { CreditsBar } from '../../elements/credits-bar';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { ClearFilters, FilterChip, FilterMenu, SearchField } from '../../elements/filters';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { PageHead } from '../../elements/page-head';
import { Standing, STANDINGS } from '../../elements/status';
import { Time } from '../../elements/time';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { groupPath } from '../groups/queries';
import { MODES } from './limits';
import { teamPath } from './queries';

const KeyDialog = lazily(async () => (await import('./key-dialog')).KeyDialog);
const TeamForm = lazily(async () => (await import('./team-form')).TeamForm);

const FILTERS = ['q', 'status', 'organization'];

const organizationPath = (id: string) => `/organizations/${encodeURIComponent(id)}`;

export const TEAM_COLUMNS: Column<TeamSummary>[] = [
  {
    key: 'team',
    title: t`Team`,
    sort: 'team_id',
    cell: (row) => (
      <>
        <Group gap={6} wrap="nowrap">
          <Link className="row-link mono" to={teamPath(row.team_id)}>
            {row.team_id}
          </Link>
          <Managed by={row.managed_by} />
        </Group>
        {row.team_alias !== row.team_id && <span className="second-line one-line">{row.team_alias}</span>}
      </>
    ),
  },
  {
    key: 'organization',
    title: t`Organization`,
    cell: (row) => (
      <Link className="row-link plain" to={organizationPath(row.organization_id)}>
        {row.organization_id}
      </Link>
    ),
  },
  { key: 'status', title: t`Status`, cell: (row) => <Standing status={row.status} /> },
  { key: 'groups', title: t`Access groups`, cell: (row) => <Chips names={row.access_groups} to={groupPath} none={t`none: can call nothing`} /> },
  { key: 'credits', title: t`Credits left`, cell: (row) => <CreditsBar remaining={row.credits_remaining} allocated={row.credits_allocated} /> },
  { key: 'updated', title: t`Updated`, cell: (row) => <Time at={row.updated_at} /> },
  { key: 'mode', title: t`Charged`, hidden: true, cell: (row) => MODES[row.budget_mode] ?? row.budget_mode },
  { key: 'created', title: t`Created`, hidden: true, cell: (row) => <Time at={row.created_at} /> },
];

export default function Teams() {
  const url = useUrlState();
  const create = useOverlay('create');
  const { may } = useSession();
  const [made, setMade] = useState<Team | null>(null);
  const page = pageOf(url);
  const query = { q: url.get('q') || undefined, status: url.get('status') || undefined, organization_id: url.get('organization') || undefined, sort: url.get('sort') || undefined };
  const list = useQuery({
    queryKey: ['teams', query, page],
    queryFn: () => answer(api.GET('/api/teams', { params: { query: { ...query, ...page } } })),
    placeholderData: keepPreviousData,
  });
  const governs = may('governTeams');
  const filtered = FILTERS.some((name) => url.get(name));
  const clear = () => url.set(Object.fromEntries(FILTERS.map((name) => [name, null])));
  return (
    <>
      <PageHead
        title={t`Teams`}
        lead={t`A team has keys, credits, and the access groups that say what it can call.`}
        actions={
          <>
            <ExportMenu<TeamSummary>
              name="teams"
              many={t`teams`}
              read={async (part, signal) => {
                const list = await answer(api.GET('/api/teams', { params: { query: { ...query, ...part } }, signal }));
                return { rows: list.teams, total: list.total, next: list.next_cursor ?? undefined };
              }}
            />
            {governs && (
              <Button data-shortcut="create" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => create.open()}>
                {t`Create Team`}
              </Button>
            )}
          </>
        }
      />
      <div className="panel">
        <div className="filters">
          <SearchField url={url} label={t`Search teams`} />
          <FilterMenu url={url} name="status" label={t`Status`} choices={Object.entries(STANDINGS).map(([value, label]) => ({ value, label }))} />
          {url.get('organization') && <FilterChip url={url} name="organization" value={url.get('organization')} label={t`organization: ${url.get('organization')}`} />}
          <ClearFilters url={url} names={FILTERS} />
        </div>
        <DataTable
          name="teams"
          many={t`teams`}
          columns={TEAM_COLUMNS}
          rows={list.data?.teams}
          total={list.data?.total}
          error={list.error}
          onRetry={() => void list.refetch()}
          url={url}
          defaultSort="team_id"
          id={(row) => row.team_id}
          empty={
            filtered ? (
              <Empty icon={IconUsersGroup} title={t`No team matches`} actions={<Button variant="default" onClick={clear}>{t`Clear filters`}</Button>} />
            ) : (
              <Empty icon={IconUsersGroup} title={t`No teams yet`} actions={governs && <Button onClick={() => create.open()}>{t`Create your first team`}</Button>}>
                {t`A team belongs to an organization. Its key is what clients call with.`}
              </Empty>
            )
          }
        />
      </div>
      {create.opened && governs && <TeamForm organization={create.of || url.get('organization')} onClose={create.close} onCreated={setMade} />}
      {made?.virtual_key && <KeyDialog secret={made.virtual_key} team={made.team_id} models={made.allowed_model_aliases} onClose={() => setMade(null)} />}
    </>
  );
}
