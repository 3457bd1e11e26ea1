// What pages read and write about aliases.
import { type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { answer, api, ifMatch } from '../../api/client';
import type { Alias, AliasEdit, DeprecationDraft, RenamingDraft, ScheduledChange, SplitTarget } from '../../api/types';
import { daysBefore } from '../../elements/format';
import { fileOf } from '../../elements/yaml';
import { t } from '../../words';

export const WEEK = 7;
export const MONTH = 30;

export const fetchAlias = (alias: string): Promise<Alias> =>
  answer(api.GET('/api/model-aliases/{alias}', { params: { path: { alias } } }));

export const useAlias = (alias: string) =>
  useQuery({ queryKey: ['alias', alias], queryFn: () => fetchAlias(alias), enabled: alias !== '' });

/** What a change of an alias may be held to, and from when on it counts: a moment yet to come makes it wait. */
export interface How {
  reason?: string;
  /** Of the impact that was shown; the write is refused where something else would come of it by now. */
  token?: string;
  at?: string;
}

export const updateAlias = (before: Pick<Alias, 'alias' | 'version'>, body: AliasEdit, { reason, token, at }: How = {}): Promise<Alias | ScheduledChange> =>
  answer(
    api.PUT('/api/model-aliases/{alias}', {
      params: { path: { alias: before.alias }, query: { impact_token: token, effective_at: at }, header: { ...ifMatch(before.version), ...(reason ? { 'x-alias-reason': reason } : {}) } },
      body,
    }),
  );

/** Where such a change is sent, for a command. */
export function writePath(alias: string, what: '' | 'disable', at: string | undefined): string {
  const path = ['/api/model-aliases', encodeURIComponent(alias), what].filter(Boolean).join('/');
  return at ? `${path}?effective_at=${encodeURIComponent(at)}` : path;
}

export const deleteAlias = (alias: string, { reason, token, at }: How = {}) =>
  answer(api.DELETE('/api/model-aliases/{alias}', { params: { path: { alias }, query: { impact_token: token, effective_at: at }, header: reason ? { 'x-alias-reason': reason } : {} } }));

/** Calls of an alias by team, in the last days. */
export const useCallsByTeam = (alias: string, days: number) =>
  useQuery({
    queryKey: ['alias-usage', alias, 'team', days],
    queryFn: () =>
      answer(
        api.GET('/api/model-aliases/{alias}/usage', {
          params: { path: { alias }, query: { from: daysBefore(days), group_by: 'team', limit: 10_000 } },
        }),
      ),
    enabled: alias !== '',
  });

export const useGroupNames = () =>
  useQuery({
    queryKey: ['group-names'],
    queryFn: async () => {
      const list = await answer(api.GET('/api/model-access-groups', { params: { query: { limit: 1000 } } }));
      return list.access_groups;
    },
    staleTime: 30_000,
  });

/** What a field of groups says where they could not be read: it never looks as if there were none. */
export const groupsFault = (groups: ReturnType<typeof useGroupNames>): string | undefined => (groups.error && !groups.data ? t`The groups could not be read` : undefined);

export const useProviders = () =>
  useQuery({
    queryKey: ['providers'],
    queryFn: async () => (await answer(api.GET('/api/catalog/providers'))).providers,
    staleTime: 60_000,
  });

/** The teams that reach an alias, each with the groups through which it does. */
export const useTeamsOf = (alias: Alias | undefined) =>
  useQuery({
    queryKey: ['alias-teams', alias?.alias, alias?.access_groups],
    enabled: Boolean(alias),
    queryFn: async () => {
      const teams = new Map<string, string[]>();
      const groups = await Promise.all(
        (alias?.access_groups ?? []).map((group) => answer(api.GET('/api/model-access-groups/{group}', { params: { path: { group } } }))),
      );
      for (const group of groups) {
        for (const team of group.teams_with_access) teams.set(team, [...(teams.get(team) ?? []), group.group_name]);
      }
      return [...teams].map(([team, via]) => ({ team, via })).sort((a, b) => a.team.localeCompare(b.team));
    },
  });

/** Everything that shows aliases is read again. */
export async function aliasesChanged(client: QueryClient): Promise<void> {
  const keys = ['aliases', 'alias-history', 'alias', 'alias-teams', 'alias-usage', 'groups', 'group', 'group-names', 'overview', 'team', 'providers', 'explain'];
  await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

const named = (alias: string) => ({ path: { alias } });

export const aliasPath = (alias: string): string => `/aliases/${encodeURIComponent(alias)}`;

export const restoreAlias = (alias: string) => answer(api.POST('/api/model-aliases/{alias}/restore', { params: named(alias) }));

export const rollBack = (alias: string, version: number, reason?: string) =>
  answer(api.POST('/api/model-aliases/{alias}/rollback', { params: named(alias), body: { version, reason } }));

/** Takes back the change that led to `made`, as long as nobody changed the alias again. */
export const undoTo = (before: Pick<Alias, 'alias' | 'version'>, made: object) =>
  answer(
    api.POST('/api/model-aliases/{alias}/rollback', {
      params: { ...named(before.alias), header: 'version' in made ? ifMatch(Number(made.version)) : {} },
      body: { version: before.version, reason: 'undone' },
    }),
  );

export const setActive = (alias: string, active: boolean, { reason, token, at }: How = {}) =>
  answer(api.POST(active ? '/api/model-aliases/{alias}/enable' : '/api/model-aliases/{alias}/disable', { params: { ...named(alias), query: { impact_token: token, effective_at: at } }, body: { reason } }));

export const deprecateAlias = (before: Pick<Alias, 'alias' | 'version'>, body: DeprecationDraft) =>
  answer(api.POST('/api/model-aliases/{alias}/deprecate', { params: { ...named(before.alias), header: ifMatch(before.version) }, body }));

export const undeprecateAlias = (alias: string) => answer(api.POST('/api/model-aliases/{alias}/undeprecate', { params: named(alias) }));

export const renameAlias = (before: Pick<Alias, 'alias' | 'version'>, body: RenamingDraft): Promise<Alias> =>
  answer(api.POST('/api/model-aliases/{alias}/rename', { params: { ...named(before.alias), header: ifMatch(before.version) }, body }));

/** The teams that call an alias, and a text for them. */
export const useCallers = (alias: string) =>
  useQuery({
    queryKey: ['alias', alias, 'callers'],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/callers', { params: named(alias) })),
  });

/** The id of a change that waits, where the answer is one. */
export const waitingOf = (said: unknown): string | null => (typeof said === 'object' && said !== null && 'effective_at' in said && 'id' in said ? String(said.id) : null);

export const cancelChange = (alias: string, change: string) => answer(api.DELETE('/api/model-aliases/{alias}/schedule/{change}', { params: { path: { alias, change } } }));

export const addToGroup = (group: string, aliases: string[]) =>
  answer(api.POST('/api/model-access-groups/{group}/add-models', { params: { path: { group } }, body: { model_aliases: aliases } }));

export const removeFromGroup = (group: string, aliases: string[]) =>
  answer(api.POST('/api/model-access-groups/{group}/remove-models', { params: { path: { group } }, body: { model_aliases: aliases } }));

export const useHistory = (alias: string) =>
  useQuery({
    queryKey: ['alias-history', alias],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/history', { params: { path: { alias }, query: { limit: 200 } } })),
  });

/** All versions of an alias, the newest first, part by part. */
export const useVersions = (alias: string) =>
  useInfiniteQuery({
    queryKey: ['alias-history', alias, 'all'],
    queryFn: ({ pageParam }) => answer(api.GET('/api/model-aliases/{alias}/history', { params: { path: { alias }, query: { limit: 200, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

/** That guardrails took the canary of an alias back, in the last 30 days, where its split was not changed since. */
export function useTakenBack(alias: Alias) {
  const latest = useQuery({
    queryKey: ['alias-history', alias.alias, 'latest'],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/history', { params: { path: { alias: alias.alias }, query: { limit: 20 } } })),
  });
  const found = latest.data?.versions.find((one) => 'split' in (one.change ?? {}));
  if (!found || found.actor !== 'guardrail' || found.at < `${daysBefore(MONTH)}T`) return null;
  const { split } = found.change as { split: { from: SplitTarget[] } };
  return { at: found.at, reason: found.reason ?? '', split: split.from };
}

/** The alias as the exported catalogue has it. */
export async function aliasFile(alias: string): Promise<string> {
  const all = (await answer(api.GET('/api/export'))) as { aliases?: Record<string, object> };
  return fileOf('aliases', alias, all.aliases?.[alias] ?? {})();
}
