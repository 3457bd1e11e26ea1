// Teams: who may call, with which groups and how many credits.
import { Button } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { Team, TeamSummary } from '../../api/types';
import { CreditsBar } from '../../elements/credits-bar';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { ClearFilters, FilterChip, FilterMenu, SearchField } from '../../elements/filters';
import { PageHead } from '../../elements/page-head';
import { Standing } from '../../elements/status';
import { Time } from '../../elements/time';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { Chips } from '../aliases/columns';
import { groupPath } from '../groups/queries';
import { KeyDialog } from './key-dialog';
import { teamPath } from './queries';
import { TeamForm } from './team-form';

const FILTERS = ['q', 'status', 'organization'];

const organizationPath = (id: string) => `/organizations/${encodeURIComponent(id)}`;

export const TEAM_COLUMNS: Column<TeamSummary>[] = [
  {
    key: 'team',
    title: 'Team',
    sort: 'team_id',
    cell: (row) => (
      <>
        <Link className="row-link mono" to={teamPath(row.team_id)}>
          {row.team_id}
        </Link>
        {row.team_alias !== row.team_id && <span className="second-line one-line">{row.team_alias}</span>}
      </>
    ),
  },
  {
    key: 'organization',
    title: 'Organization',
    cell: (row) => (
      <Link className="row-link plain" to={organizationPath(row.organization_id)}>
        {row.organization_id}
      </Link>
    ),
  },
  { key: 'status', title: 'Status', cell: (row) => <Standing status={row.status} /> },
  { key: 'groups', title: 'Access groups', cell: (row) => <Chips names={row.access_groups} to={groupPath} none="none: can call nothing" /> },
  { key: 'credits', title: 'Credits left', cell: (row) => <CreditsBar remaining={row.credits_remaining} allocated={row.credits_allocated} /> },
  { key: 'updated', title: 'Updated', cell: (row) => <Time at={row.updated_at} /> },
  { key: 'mode', title: 'Charged', hidden: true, cell: (row) => MODES[row.budget_mode] ?? row.budget_mode },
  { key: 'created', title: 'Created', hidden: true, cell: (row) => <Time at={row.created_at} /> },
];

export const MODES: Record<string, string> = { job_based: 'by job', consumption_usd: 'by cost', consumption_tokens: 'by tokens' };

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
  const readAll = async (limit: number, offset: number, signal: AbortSignal) => {
    const part = await answer(api.GET('/api/teams', { params: { query: { ...query, limit, offset } }, signal }));
    return { rows: part.teams, total: part.total };
  };
  return (
    <>
      <PageHead
        title="Teams"
        lead="A team has keys, credits, and the access groups that say what it can call."
        actions={
          <>
            <ExportMenu<TeamSummary> name="teams" read={readAll} />
            {governs && (
              <Button data-shortcut="create" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => create.open()}>
                Create Team
              </Button>
            )}
          </>
        }
      />
      <div className="panel">
        <div className="filters">
          <SearchField url={url} label="Search teams" />
          <FilterMenu url={url} name="status" label="Status" choices={['active', 'paused', 'suspended'].map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))} />
          {url.get('organization') && <FilterChip url={url} name="organization" value={url.get('organization')} label={`organization: ${url.get('organization')}`} />}
          <ClearFilters url={url} names={FILTERS} />
        </div>
        <DataTable
          name="teams"
          columns={TEAM_COLUMNS}
          rows={list.data?.teams}
          total={list.data?.total}
          error={list.error}
          onRetry={() => void list.refetch()}
          url={url}
          defaultSort="team_id"
          id={(row) => row.team_id}
          link={(row) => teamPath(row.team_id)}
          empty={
            filtered ? (
              <Empty icon={IconUsersGroup} title="No team matches" actions={<Button variant="default" onClick={clear}>Clear filters</Button>} />
            ) : (
              <Empty icon={IconUsersGroup} title="No teams yet" actions={governs && <Button onClick={() => create.open()}>Create your first team</Button>}>
                A team belongs to an organization. Its key is what clients call with.
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
