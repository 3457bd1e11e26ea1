// What pages read and write about organizations.
import { type QueryClient, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Organization } from '../../api/types';

export const organizationPath = (id: string): string => `/organizations/${encodeURIComponent(id)}`;

export const of = (organization: string) => ({ path: { organization } });

export const fetchOrganization = (id: string): Promise<Organization> => answer(api.GET('/api/organizations/{organization}', { params: of(id) }));

export const useOrganization = (id: string) => useQuery({ queryKey: ['organization', id], queryFn: () => fetchOrganization(id), enabled: id !== '' });

export async function organizationsChanged(client: QueryClient): Promise<void> {
  const keys = ['organizations', 'organization', 'teams', 'team', 'overview', 'audit'];
  await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
