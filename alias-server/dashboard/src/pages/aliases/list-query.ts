// What the list of aliases asks the server for: the address says it.
import { answer, api } from '../../api/client';
import type { Alias } from '../../api/types';
import { pageOf } from '../../elements/data-table';
import type { Part } from '../../elements/export-menu';
import { daysBefore } from '../../elements/format';
import type { UrlState } from '../../elements/url-state';
import { MONTH } from './queries';

export const FILTERS = ['q', 'status', 'provider', 'group', 'team', 'tag', 'unused', 'unpriced', 'unlisted', 'ungrouped'];

interface ListQuery {
  q?: string;
  active?: boolean;
  provider?: string;
  access_group?: string;
  team?: string;
  tag?: string;
  unused_since?: string;
  deprecated?: boolean;
  priced?: boolean;
  in_catalog?: boolean;
  in_group?: boolean;
  sort?: string;
}

export function queryOf(url: UrlState): ListQuery {
  const status = url.get('status');
  return {
    q: url.get('q') || undefined,
    active: status === 'active' || status === 'disabled' ? status === 'active' : undefined,
    deprecated: status === 'deprecated' ? true : undefined,
    provider: url.get('provider') || undefined,
    access_group: url.get('group') || undefined,
    team: url.get('team') || undefined,
    tag: url.get('tag') || undefined,
    unused_since: url.get('unused') ? daysBefore(MONTH) : undefined,
    priced: url.get('unpriced') ? false : undefined,
    in_catalog: url.get('unlisted') ? false : undefined,
    in_group: url.get('ungrouped') ? false : undefined,
    sort: url.get('sort') || undefined,
  };
}

export async function readAliases(query: ListQuery, limit: number, offset: number, signal?: AbortSignal): Promise<{ rows: Alias[]; total: number }> {
  const list = await answer(api.GET('/api/model-aliases', { params: { query: { ...query, limit, offset } }, signal }));
  return { rows: list.aliases, total: list.total };
}

/** Part by part: `cursor` is `next` of the part before. */
export async function readPart(query: ListQuery, part: { limit: number; cursor: string | undefined }, signal?: AbortSignal): Promise<Part<Alias>> {
  const list = await answer(api.GET('/api/model-aliases', { params: { query: { ...query, ...part } }, signal }));
  return { rows: list.aliases, total: list.total, next: list.next_cursor ?? undefined };
}

export function keyOf(url: UrlState) {
  return ['aliases', queryOf(url), pageOf(url)] as const;
}
