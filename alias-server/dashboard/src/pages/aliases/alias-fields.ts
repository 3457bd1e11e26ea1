// What the form of an alias holds, and what it comes to: a creation, a change, a command, what clashes with another's change.
import type { Alias, AliasDraft, AliasEdit, Fallback, Override, ParameterRule, Shadow, SplitTarget } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import type { CurlRequest } from '../../elements/curl';
import type { Clash } from '../../elements/merge-dialog';
import { fileOf } from '../../elements/yaml';
import { t } from '../../words';

export interface AliasFields {
  alias: string;
  litellm_model: string;
  description: string;
  active: boolean;
  display_name: string;
  pricing_input: number | null;
  pricing_output: number | null;
  tags: string[];
  visibility: string;
  access_groups: string[];
  fallbacks: Fallback[];
  split: SplitTarget[];
  sticky: Alias['sticky'];
  shadow: Shadow | null;
  overrides: Override[];
  parameters: Record<string, ParameterRule>;
}

export const BLANK: AliasFields = {
  alias: '',
  litellm_model: '',
  description: '',
  active: true,
  display_name: '',
  pricing_input: null,
  pricing_output: null,
  tags: [],
  visibility: 'listed',
  access_groups: [],
  fallbacks: [],
  split: [],
  sticky: 'key',
  shadow: null,
  overrides: [],
  parameters: {},
};

const LABELS: Partial<Record<keyof AliasFields, string>> = {
  litellm_model: t`LiteLLM Model`,
  description: t`Description`,
  active: t`Active`,
  display_name: t`Display name`,
  pricing_input: t`Input price`,
  pricing_output: t`Output price`,
  tags: t`Tags`,
  visibility: t`Visibility`,
  fallbacks: t`Fallbacks`,
  split: t`Split`,
  sticky: t`A caller is`,
  shadow: t`Shadow`,
  overrides: t`Overrides`,
  parameters: t`Parameter rules`,
};

export const FIELD_IDS = Object.fromEntries(['alias', 'litellm_model', 'description', 'display_name', 'pricing_input', 'pricing_output', 'tags', 'access_groups', 'fallbacks'].map((name) => [name, `alias-${name}`]));

export function fieldsOf(alias: Alias): AliasFields {
  const own = alias.pricing_source !== 'catalog';
  return {
    alias: alias.alias,
    litellm_model: alias.litellm_model,
    description: alias.description ?? '',
    active: alias.active,
    display_name: alias.display_name === alias.alias ? '' : alias.display_name,
    pricing_input: own ? (alias.pricing_input ?? null) : null,
    pricing_output: own ? (alias.pricing_output ?? null) : null,
    tags: alias.tags,
    visibility: alias.visibility,
    access_groups: alias.access_groups,
    fallbacks: alias.fallbacks,
    split: alias.split,
    sticky: alias.sticky,
    shadow: alias.shadow ?? null,
    overrides: alias.overrides,
    parameters: alias.parameters,
  };
}

/** What a new alias is made of: fields that were left alone are left out. */
export function draftOf(fields: AliasFields): AliasDraft {
  const draft: AliasDraft = { alias: fields.alias.trim(), litellm_model: fields.litellm_model.trim(), description: fields.description, active: fields.active };
  if (fields.display_name) draft.display_name = fields.display_name;
  if (fields.pricing_input !== null) draft.pricing_input = fields.pricing_input;
  if (fields.pricing_output !== null) draft.pricing_output = fields.pricing_output;
  if (fields.tags.length) draft.tags = fields.tags;
  if (fields.access_groups.length) draft.access_groups = fields.access_groups;
  if (fields.fallbacks.length) draft.fallbacks = fields.fallbacks;
  if (fields.visibility !== 'listed') draft.visibility = fields.visibility as AliasDraft['visibility'];
  return draft;
}

/** Only what differs from what was read. */
export function editOf(before: AliasFields, now: AliasFields): AliasEdit {
  const edit: Record<string, unknown> = {};
  for (const name of Object.keys(LABELS) as (keyof AliasFields)[]) {
    if (JSON.stringify(before[name]) !== JSON.stringify(now[name])) edit[name] = name === 'display_name' && now[name] === '' ? null : now[name];
  }
  return edit as AliasEdit;
}

/** Where calls go besides, as the command says it. Rules on parameters are in a file there, and are left to curl. */
function routesOf({ split, sticky, shadow, overrides }: AliasEdit): Parameters<typeof aliasctl>[1] {
  const canary = split?.find((one) => one.guardrails);
  const shares = split?.filter((one) => one !== canary).map((one) => `${one.litellm_model}=${one.share}`) ?? [];
  return {
    '--split': split?.length === 0 ? 'none' : shares,
    '--canary': canary && `${canary.litellm_model}=${canary.share}`,
    '--guardrail': Object.entries(canary?.guardrails ?? {}).flatMap(([name, most]) => (most === null ? [] : [`${name}=${most}`])),
    '--sticky': sticky,
    '--shadow': shadow === null ? 'none' : shadow && `${shadow.litellm_model}=${shadow.share}`,
    '--override': overrides?.length === 0 ? 'none' : overrides?.map((one) => `${one.team_id ? `team:${one.team_id}` : `org:${one.organization_id ?? ''}`}=${one.litellm_model}`),
  };
}

/** The command that creates the alias, or changes what was edited. */
function commandOf(fields: AliasFields, edit?: AliasEdit): string {
  const said = edit ?? draftOf(fields);
  const flags = { '-d': said.description, '--display-name': said.display_name, '--tag': said.tags ?? [], '--visibility': said.visibility, '--price-input': said.pricing_input, '--price-output': said.pricing_output };
  const name = fields.alias.trim();
  if (!edit) return aliasctl(['alias', 'create', name, fields.litellm_model.trim()], { ...flags, '--group': fields.access_groups, '--disabled': !fields.active });
  return aliasctl(['alias', 'update', name], { '-m': edit.litellm_model, ...flags, ...routesOf(edit), '--active': edit.active === undefined ? undefined : String(edit.active) });
}

/** As a file says it: who may use it is said by its groups there. */
function objectOf(fields: AliasFields): object {
  const { alias: _, access_groups: __, active, ...object } = draftOf(fields);
  return active ? object : { ...object, active };
}

/** The request that the form would send. */
export function requestOf(before: AliasFields, fields: AliasFields, editing: Alias | undefined): CurlRequest {
  if (!editing) return { method: 'POST', path: '/api/model-aliases/create', body: draftOf(fields), cli: commandOf(fields), file: fileOf('aliases', fields.alias.trim(), objectOf(fields)) };
  const edit = editOf(before, fields);
  return { method: 'PUT', path: `/api/model-aliases/${encodeURIComponent(editing.alias)}`, body: edit, cli: commandOf(fields, edit) };
}

/** Where another's change and this one differ, field by field. */
export function clashesOf(before: AliasFields, mine: AliasFields, theirs: AliasFields): Clash[] {
  return (Object.keys(editOf(before, mine)) as (keyof AliasFields)[])
    .map((field) => ({ field, label: LABELS[field] ?? field, mine: mine[field], theirs: theirs[field] }))
    .filter((clash) => JSON.stringify(clash.mine) !== JSON.stringify(clash.theirs));
}
