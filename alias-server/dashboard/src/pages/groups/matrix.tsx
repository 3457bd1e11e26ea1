// Who can call what, and through which group: teams as rows, aliases as columns.
import { Pagination, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconLockAccess } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import { Empty } from '../../elements/empty';
import { SearchField } from '../../elements/filters';
import { Loaded } from '../../elements/loaded';
import { useUrlState } from '../../elements/url-state';
import { plural, t } from '../../words';
import { aliasPath } from '../aliases/queries';
import { readAliases } from '../aliases/list-query';
import { fetchGroup } from './queries';

const TEAMS = 25;
const ALIASES = 12;

async function readMatrix(q: string, teamPage: number, aliasPage: number) {
  const [teams, aliases] = await Promise.all([
    answer(api.GET('/api/teams', { params: { query: { limit: TEAMS, offset: (teamPage - 1) * TEAMS } } })),
    readAliases({ q: q || undefined }, ALIASES, (aliasPage - 1) * ALIASES),
  ]);
  const names = [...new Set(teams.teams.flatMap((team) => team.access_groups))];
  const groups = await Promise.all(names.map(fetchGroup));
  const members = new Map(groups.filter((group) => group.active).map((group) => [group.group_name, new Set(group.model_aliases.map((one) => one.alias))]));
  return { teams: teams.teams, teamTotal: teams.total, aliases: aliases.rows, aliasTotal: aliases.total, members };
}

export function Matrix() {
  const url = useUrlState();
  const q = url.get('q');
  const [teamPage, setTeamPage] = useState(1);
  // Another search begins with the first of what it finds.
  const [searched, setSearched] = useState({ q, page: 1 });
  const aliasPage = searched.q === q ? searched.page : 1;
  const setAliasPage = (page: number) => setSearched({ q, page });
  const read = useQuery({ queryKey: ['matrix', q, teamPage, aliasPage], queryFn: () => readMatrix(q, teamPage, aliasPage), placeholderData: keepPreviousData });
  return (
    <>
      <div className="filters">
        <SearchField url={url} label={t`Search aliases`} />
        <Text size="sm" c="dimmed" role="status">
          {read.data && t`${plural(read.data.teamTotal, '# team', '# teams')}, ${plural(read.data.aliasTotal, '# alias', '# aliases')}`}
        </Text>
      </div>
      <Loaded query={read} what={t`the matrix`} height={240}>
        {(data) =>
          data.teams.length === 0 || data.aliases.length === 0 ? (
            <Empty icon={IconLockAccess} title={t`Nothing to compare yet`}>
              {data.teams.length === 0 ? t`There are no teams.` : t`No alias matches.`}
            </Empty>
          ) : (
            <>
              <div className="table-scroll" tabIndex={0} role="region" aria-label={t`Matrix of teams and aliases`}>
                <table className="matrix">
                  <thead>
                    <tr>
                      <th scope="col">{t`Team`}</th>
                      {data.aliases.map((alias) => (
                        <th key={alias.alias} scope="col">
                          <Link className="row-link mono" to={aliasPath(alias.alias)}>
                            {alias.alias}
                          </Link>
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {data.teams.map((team) => (
                      <tr key={team.team_id}>
                        <th scope="row">
                          <Link className="row-link" to={`/teams/${encodeURIComponent(team.team_id)}`}>
                            {team.team_id}
                          </Link>
                        </th>
                        {data.aliases.map((alias) => (
                          <Cell key={alias.alias} what={`${team.team_id}, ${alias.alias}`} active={alias.active} via={team.access_groups.filter((group) => data.members.get(group)?.has(alias.alias))} />
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <div className="filters">
                {data.aliasTotal > ALIASES && <Pages label={t`Aliases`} total={Math.ceil(data.aliasTotal / ALIASES)} value={aliasPage} onChange={setAliasPage} />}
                {data.teamTotal > TEAMS && <Pages label={t`Teams`} total={Math.ceil(data.teamTotal / TEAMS)} value={teamPage} onChange={setTeamPage} />}
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Cell({ via, active, what }: { via: string[]; active: boolean; what: string }) {
  if (via.length === 0) {
    return (
      <td>
        <span className="dim" aria-label={t`no access`}>
          –
        </span>
      </td>
    );
  }
  const words = active ? t`through ${via.join(', ')}` : t`through ${via.join(', ')}; disabled now`;
  return (
    <td>
      <Tooltip label={words}>
        <span tabIndex={0} role="img" aria-label={`${what}: ${words}`} className="granted" data-off={!active || undefined}>
          <IconCheck size={15} aria-hidden /> {via[0]}
          {via.length > 1 && ` +${via.length - 1}`}
        </span>
      </Tooltip>
    </td>
  );
}

function Pages({ label, total, value, onChange }: { label: string; total: number; value: number; onChange: (page: number) => void }) {
  return (
    <>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Pagination size="sm" total={total} value={value} onChange={onChange} getControlProps={(control) => ({ 'aria-label': t`${label}: ${control} page` })} getItemProps={(page) => ({ 'aria-label': t`${label}: page ${page}` })} />
    </>
  );
}
