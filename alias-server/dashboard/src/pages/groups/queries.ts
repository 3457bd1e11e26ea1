// What pages read and write about access groups.
import { type QueryClient, useQuery } from '@tanstack/react-query';

import { answer, api, ifMatch } from '../../api/client';
import type { Group } from '../../api/types';

export const groupPath = (group: string): string => `/access-groups/${encodeURIComponent(group)}`;

export const fetchGroup = (group: string): Promise<Group> => answer(api.GET('/api/model-access-groups/{group}', { params: { path: { group } } }));

export const useGroup = (group: string) => useQuery({ queryKey: ['group', group], queryFn: () => fetchGroup(group), enabled: group !== '' });

/** The whole list of members; without a version whatever it is now, for taking a change back. */
export const setMembers = (group: string, aliases: string[], version?: number): Promise<Group> =>
  answer(
    api.PUT('/api/model-access-groups/{group}/models', {
      params: { path: { group }, header: version === undefined ? {} : ifMatch(version) },
      body: { model_aliases: aliases },
    }),
  );

export async function groupsChanged(client: QueryClient): Promise<void> {
  const keys = ['groups', 'group', 'group-names', 'aliases', 'alias', 'alias-teams', 'team', 'team-models', 'matrix', 'overview', 'audit'];
  await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
