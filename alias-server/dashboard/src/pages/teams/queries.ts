// What pages read and write about teams.
import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query';

import { answer, api, ifMatch } from '../../api/client';
import type { Team, TeamEdit } from '../../api/types';

export const teamPath = (team: string): string => `/teams/${encodeURIComponent(team)}`;

export const of = (team: string) => ({ path: { team } });

export const fetchTeam = (team: string): Promise<Team> => answer(api.GET('/api/teams/{team}', { params: of(team) }));

export const useTeam = (team: string) => useQuery({ queryKey: ['team', team], queryFn: () => fetchTeam(team), enabled: team !== '' });

export const updateTeam = (before: Pick<Team, 'team_id' | 'version'>, body: TeamEdit): Promise<Team> =>
  answer(api.PUT('/api/teams/{team}', { params: { ...of(before.team_id), header: ifMatch(before.version) }, body }));

/** Grants one group, or takes it: whatever was granted or taken meanwhile stays so. */
export async function changeGroup(team: string, group: string, granted: boolean): Promise<Team> {
  const now = await fetchTeam(team);
  const others = now.access_groups.filter((one) => one !== group);
  return answer(api.PUT('/api/teams/{team}/access-groups', { params: { ...of(team), header: ifMatch(now.version) }, body: { access_groups: granted ? [...others, group] : others } }));
}

/** What the team can call, and through which groups. */
export const useTeamModels = (team: string) =>
  useQuery({ queryKey: ['team-models', team], queryFn: () => answer(api.GET('/api/teams/{team}/models', { params: of(team) })), enabled: team !== '' });

export const useKeys = (team: string) =>
  useQuery({ queryKey: ['keys', team], queryFn: () => answer(api.GET('/api/teams/{team}/keys', { params: of(team) })), enabled: team !== '' });

/** The first teams that a search finds. */
export const useTeamIds = (search: string) =>
  useQuery({
    queryKey: ['teams', 'ids', search],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const list = await answer(api.GET('/api/teams', { params: { query: { q: search || undefined, limit: 50 } } }));
      return list.teams.map((one) => ({ value: one.team_id, label: one.team_id }));
    },
  });

/** The first organizations that a search finds. */
export const useOrganizationIds = (search: string) =>
  useQuery({
    queryKey: ['organizations', 'ids', search],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const list = await answer(api.GET('/api/organizations', { params: { query: { q: search || undefined, limit: 50 } } }));
      return list.organizations.map((one) => ({ value: one.organization_id, label: one.name === one.organization_id ? one.name : `${one.organization_id} (${one.name})` }));
    },
  });

export async function teamsChanged(client: QueryClient): Promise<void> {
  const keys = ['teams', 'team', 'team-models', 'keys', 'transactions', 'organizations', 'organization', 'groups', 'group', 'matrix', 'aliases', 'alias-teams', 'overview', 'audit', 'explain'];
  await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
