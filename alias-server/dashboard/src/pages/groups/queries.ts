// What pages read and write about access groups.
import { type QueryClient, useQuery } from '@tanstack/react-query';

import { answer, api, ifMatch } from '../../api/client';
import type { Group } from '../../api/types';
import { daysBefore } from '../../elements/format';

export const groupPath = (group: string): string => `/access-groups/${encodeURIComponent(group)}`;

export const fetchGroup = (group: string): Promise<Group> => answer(api.GET('/api/model-access-groups/{group}', { params: { path: { group } } }));

export const useGroup = (group: string) => useQuery({ queryKey: ['group', group], queryFn: () => fetchGroup(group), enabled: group !== '' });

/** Adds and removes members: what others changed meanwhile stays. Gives what it came to, for taking it back. */
export async function changeMembers(group: string, add: string[], remove: string[]): Promise<{ added: string[]; removed: string[] }> {
  const { model_aliases, version } = await fetchGroup(group);
  const now = model_aliases.map((one) => one.alias);
  const added = add.filter((alias) => !now.includes(alias));
  const removed = remove.filter((alias) => now.includes(alias));
  const after = [...now.filter((alias) => !removed.includes(alias)), ...added];
  await answer(api.PUT('/api/model-access-groups/{group}/models', { params: { path: { group }, header: ifMatch(version) }, body: { model_aliases: after } }));
  return { added, removed };
}

const MONTH = 30;
const MOST_GROUPS = 10_000;

/** By group, what its teams called of its aliases in 30 days; none while it is read, and where there are too many groups. */
export function useCallsOfMonth(enabled: boolean): Map<string, number> | undefined {
  const from = daysBefore(MONTH - 1);
  const read = useQuery({
    queryKey: ['groups', 'month', from],
    enabled,
    staleTime: 60_000,
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { from, group_by: 'access_group', limit: MOST_GROUPS } } })),
  });
  if (!read.data || read.data.has_more) return undefined;
  return new Map(read.data.rows.map((row) => [row.group ?? '', row.calls]));
}

export async function groupsChanged(client: QueryClient): Promise<void> {
  const keys = ['groups', 'group', 'group-names', 'aliases', 'alias', 'alias-teams', 'team', 'team-models', 'matrix', 'overview', 'audit', 'explain'];
  await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
