// The drawer that creates or edits an alias, in the order of the user guide: name, target, description, active.
import { Accordion, Alert, Anchor, Button, Group, List, MultiSelect, NumberInput, Select, Stack, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { IconBulb, IconCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';

import { answer, api, onlyOnce } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Alias, AliasDraft, AliasEdit } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { CurlDialog, type CurlRequest } from '../../elements/curl';
import { counted } from '../../elements/format';
import { FormError } from '../../elements/form-error';
import { type Clash, MergeDialog } from '../../elements/merge-dialog';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { useSession } from '../../session/session';
import { aliasesChanged, fetchAlias, updateAlias, useGroupNames } from './queries';
import { TargetField } from './target-field';
import { Trial } from './trial';
import { priceLine, useLint } from './use-lint';

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
};

const LABELS: Partial<Record<keyof AliasFields, string>> = {
  litellm_model: 'LiteLLM Model',
  description: 'Description',
  active: 'Active',
  display_name: 'Display name',
  pricing_input: 'Input price',
  pricing_output: 'Output price',
  tags: 'Tags',
  visibility: 'Visibility',
};

const FIELD_IDS = Object.fromEntries(['alias', 'litellm_model', 'description', 'display_name', 'pricing_input', 'pricing_output', 'tags', 'access_groups'].map((name) => [name, `alias-${name}`]));

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
  };
}

/** What a new alias is made of: fields that were left alone are left out. */
function draftOf(fields: AliasFields): AliasDraft {
  const draft: AliasDraft = { alias: fields.alias.trim(), litellm_model: fields.litellm_model.trim(), description: fields.description, active: fields.active };
  if (fields.display_name) draft.display_name = fields.display_name;
  if (fields.pricing_input !== null) draft.pricing_input = fields.pricing_input;
  if (fields.pricing_output !== null) draft.pricing_output = fields.pricing_output;
  if (fields.tags.length) draft.tags = fields.tags;
  if (fields.access_groups.length) draft.access_groups = fields.access_groups;
  if (fields.visibility !== 'listed') draft.visibility = fields.visibility as AliasDraft['visibility'];
  return draft;
}

/** Only what differs from what was read. */
function editOf(before: AliasFields, now: AliasFields): AliasEdit {
  const edit: Record<string, unknown> = {};
  for (const name of Object.keys(LABELS) as (keyof AliasFields)[]) {
    if (JSON.stringify(before[name]) !== JSON.stringify(now[name])) edit[name] = name === 'display_name' && now[name] === '' ? null : now[name];
  }
  return edit as AliasEdit;
}

/** The command that creates the alias, or changes what was edited. */
function commandOf(fields: AliasFields, edit?: AliasEdit): string {
  const said = edit ?? draftOf(fields);
  const flags = { '-d': said.description, '--display-name': said.display_name, '--tag': said.tags ?? [], '--visibility': said.visibility, '--price-input': said.pricing_input, '--price-output': said.pricing_output };
  const name = fields.alias.trim();
  if (!edit) return aliasctl(['alias', 'create', name, fields.litellm_model.trim()], { ...flags, '--group': fields.access_groups, '--disabled': !fields.active });
  return aliasctl(['alias', 'update', name], { '-m': edit.litellm_model, ...flags, '--active': edit.active === undefined ? undefined : String(edit.active) });
}

interface Props {
  /** The alias to edit; none creates one. */
  editing?: Alias;
  /** What a new one begins with. */
  start?: Partial<AliasFields>;
  onClose: () => void;
}

export function AliasForm({ editing, start, onClose }: Props) {
  const client = useQueryClient();
  const { me } = useSession();
  const [read, setRead] = useState(editing);
  const before = read ? fieldsOf(read) : { ...BLANK, ...start };
  const [fields, setFields] = useState(before);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [curl, setCurl] = useState<CurlRequest | null>(null);
  const [theirs, setTheirs] = useState<Alias | null>(null);
  const lint = useLint({ alias: fields.alias.trim(), litellm_model: fields.litellm_model.trim(), description: fields.description }, !editing);
  const set = <K extends keyof AliasFields>(name: K, value: AliasFields[K]) => setFields((now) => ({ ...now, [name]: value }));
  const refused = (name: string) => (error instanceof Problem ? error.of(name) : undefined);

  const save = async (another: boolean) => {
    setBusy(true);
    setError(null);
    try {
      if (read) await updateAlias(read, editOf(before, fields));
      else await answer(api.POST('/api/model-aliases/create', { params: { header: onlyOnce() }, body: draftOf(fields) }));
      done(read ? `Saved ${read.alias}` : `Created ${fields.alias.trim()}. Alias is ready to use`);
      await aliasesChanged(client);
      if (another) setFields({ ...BLANK });
      else onClose();
    } catch (why) {
      if (read && why instanceof Problem && why.status === 412) setTheirs(await fetchAlias(read.alias));
      else setError(why);
    } finally {
      setBusy(false);
    }
  };

  const merge = async (mine: Set<string>) => {
    if (!theirs) return;
    const edit = editOf(before, fields) as Record<string, unknown>;
    const body = Object.fromEntries(Object.entries(edit).filter(([name]) => mine.has(name)));
    setBusy(true);
    try {
      if (Object.keys(body).length > 0) await updateAlias(theirs, body);
      done(`Saved ${theirs.alias}`);
      await aliasesChanged(client);
      onClose();
    } catch (why) {
      const again = why instanceof Problem && why.status === 412;
      setTheirs(again ? await fetchAlias(theirs.alias) : null);
      if (!again) setError(why);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(false);
  };
  const request = (): CurlRequest =>
    read
      ? { method: 'PUT', path: `/api/model-aliases/${encodeURIComponent(read.alias)}`, body: editOf(before, fields), cli: commandOf(fields, editOf(before, fields)) }
      : { method: 'POST', path: '/api/model-aliases/create', body: draftOf(fields), cli: commandOf(fields) };
  const unchanged = read !== undefined && Object.keys(editOf(before, fields)).length === 0;
  return (
    <>
      <Drawer opened onClose={onClose} title={read ? `Edit ${read.alias}` : 'Create Alias'}>
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <FormError error={error} fields={FIELD_IDS} />
            <NameField fields={fields} set={set} lint={lint} refused={refused('alias')} fixed={read !== undefined} />
            <TargetField value={fields.litellm_model} onChange={(value) => set('litellm_model', value)} error={refused('litellm_model') ?? lint.error('litellm_model')} />
            <Textarea id="alias-description" label="Description" description="What the model is good for, and what it costs in speed or money" autosize minRows={2} maxRows={6} value={fields.description} error={refused('description')} onChange={(event) => set('description', event.currentTarget.value)} />
            <Switch label="Active" description="Teams cannot use a disabled alias" checked={fields.active} onChange={(event) => set('active', event.currentTarget.checked)} />
            <Hints lint={lint} />
            <Folded fields={fields} set={set} refused={refused} editing={read} />
            {fields.litellm_model.includes('/') && <Trial alias={fields.alias.trim()} target={fields.litellm_model.trim()} />}
            <Group justify="space-between" gap="xs">
              <Button variant="subtle" color="gray" c="dimmed" onClick={() => setCurl(request())}>
                Copy as curl
              </Button>
              <Group gap="xs">
                <Button variant="default" onClick={onClose}>
                  Cancel
                </Button>
                {!read && (
                  <Button variant="default" disabled={busy} onClick={() => void save(true)}>
                    Create &amp; add another
                  </Button>
                )}
                <Button type="submit" loading={busy} disabled={unchanged}>
                  {read ? 'Save' : 'Create'}
                </Button>
              </Group>
            </Group>
          </Stack>
        </form>
      </Drawer>
      <CurlDialog request={curl} keyed={me.mode !== 'open'} onClose={() => setCurl(null)} />
      {theirs && read && (
        <MergeDialog
          name={read.alias}
          busy={busy}
          clashes={clashesOf(before, fields, fieldsOf(theirs))}
          onCancel={() => {
            setRead(theirs);
            setTheirs(null);
          }}
          onSave={(mine) => void merge(mine)}
        />
      )}
    </>
  );
}

function clashesOf(before: AliasFields, mine: AliasFields, theirs: AliasFields): Clash[] {
  return (Object.keys(editOf(before, mine)) as (keyof AliasFields)[])
    .map((field) => ({ field, label: LABELS[field] ?? field, mine: mine[field], theirs: theirs[field] }))
    .filter((clash) => JSON.stringify(clash.mine) !== JSON.stringify(clash.theirs));
}

type Setter = <K extends keyof AliasFields>(name: K, value: AliasFields[K]) => void;

function NameField({ fields, set, lint, refused, fixed }: { fields: AliasFields; set: Setter; lint: ReturnType<typeof useLint>; refused?: string; fixed: boolean }) {
  if (fixed) return <TextInput label="Alias" value={fields.alias} readOnly description="Clients write this name. It cannot be edited." classNames={{ input: 'mono' }} />;
  const taken = lint.taken && (
    <>
      Taken.{' '}
      <Anchor component={Link} inherit to={`/aliases/${encodeURIComponent(lint.taken)}`}>
        Open {lint.taken}
      </Anchor>
    </>
  );
  return (
    <TextInput
      id="alias-alias"
      label="Alias"
      description={`Clients write model="${fields.alias || 'smart'}"`}
      placeholder="smart"
      required
      data-autofocus
      spellCheck={false}
      autoComplete="off"
      value={fields.alias}
      error={taken || refused || lint.error('alias')}
      onChange={(event) => set('alias', event.currentTarget.value)}
      rightSectionWidth={96}
      rightSection={
        lint.available ? (
          <Group gap={4} c="var(--alias-good)" role="status">
            <IconCheck size={14} aria-hidden />
            <Text size="xs">available</Text>
          </Group>
        ) : null
      }
      classNames={{ input: 'mono' }}
    />
  );
}

function Hints({ lint }: { lint: ReturnType<typeof useLint> }) {
  if (lint.warnings.length === 0) return null;
  return (
    <Alert variant="outline" color="yellow" icon={<IconBulb size={18} />} title="Good to know" role="status" styles={{ title: { color: 'var(--mantine-color-text)' } }}>
      <List size="sm">
        {lint.warnings.map((warning) => (
          <List.Item key={warning.code}>{warning.message}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Folded({ fields, set, refused, editing }: { fields: AliasFields; set: Setter; refused: (name: string) => string | undefined; editing?: Alias }) {
  const groups = useGroupNames();
  const own = fields.pricing_input !== null || fields.pricing_output !== null;
  const numberOf = (value: string | number) => (value === '' ? null : Number(value));
  const priceNote = own ? `${priceLine(fields.pricing_input, fields.pricing_output)}, set here` : editing ? `${priceLine(editing.pricing_input, editing.pricing_output)}, from the catalog` : 'from the catalog';
  const reach = fields.access_groups.length === 0 ? 'none: no team can use it yet' : counted(fields.access_groups.length, 'group');
  return (
    <Accordion multiple chevronPosition="left" variant="separated">
      <Accordion.Item value="pricing">
        <Accordion.Control>
          <Text size="sm" fw={600}>
            Pricing <Text span size="sm" c="dimmed" fw={400}>{priceNote}</Text>
          </Text>
        </Accordion.Control>
        <Accordion.Panel>
          <Group grow align="flex-start">
            <NumberInput id="alias-pricing_input" label="Input" description="USD per 1M tokens" placeholder="from the catalog" min={0} decimalScale={6} prefix="$" value={fields.pricing_input ?? ''} error={refused('pricing_input')} onChange={(value) => set('pricing_input', numberOf(value))} />
            <NumberInput id="alias-pricing_output" label="Output" description="USD per 1M tokens" placeholder="from the catalog" min={0} decimalScale={6} prefix="$" value={fields.pricing_output ?? ''} error={refused('pricing_output')} onChange={(value) => set('pricing_output', numberOf(value))} />
          </Group>
        </Accordion.Panel>
      </Accordion.Item>
      {!editing && (
        <Accordion.Item value="access">
          <Accordion.Control>
            <Text size="sm" fw={600}>
              Access groups <Text span size="sm" c="dimmed" fw={400}>{reach}</Text>
            </Text>
          </Accordion.Control>
          <Accordion.Panel>
            <MultiSelect id="alias-access_groups" label="Add to" placeholder="Search groups" searchable clearable clearButtonProps={{ 'aria-label': 'Clear groups' }} data={(groups.data ?? []).map((group) => group.group_name)} value={fields.access_groups} error={refused('access_groups')} onChange={(value) => set('access_groups', value)} nothingFoundMessage="No such group" />
          </Accordion.Panel>
        </Accordion.Item>
      )}
      <Accordion.Item value="more">
        <Accordion.Control>
          <Text size="sm" fw={600}>
            More <Text span size="sm" c="dimmed" fw={400}>display name, tags, visibility</Text>
          </Text>
        </Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            <TextInput id="alias-display_name" label="Display name" placeholder={fields.alias} value={fields.display_name} error={refused('display_name')} onChange={(event) => set('display_name', event.currentTarget.value)} />
            <TagsInput id="alias-tags" label="Tags" placeholder="Enter to add" value={fields.tags} error={refused('tags')} onChange={(value) => set('tags', value)} />
            <Select label="Visibility" description="A hidden alias can be called by who was granted it, and is in no list" data={[{ value: 'listed', label: 'Listed' }, { value: 'hidden', label: 'Hidden' }]} allowDeselect={false} value={fields.visibility} onChange={(value) => set('visibility', value ?? 'listed')} />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
