// What teams are told: notices, with words of one's own or those that follow from an alias.
import { MultiSelect, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Notice, NoticeDraft } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { CopyButton } from '../../elements/copy-button';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { exactTime } from '../../elements/format';
import { MOMENT, momentOf } from '../../elements/moment-field';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import type { Head } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useEdited } from '../../elements/use-edited';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { SuccessorField } from '../aliases/successor-field';
import { KeptList } from './kept-list';

const KINDS = [
  { value: 'general', label: t`Something else` },
  { value: 'new_model', label: t`A new model` },
  { value: 'switch', label: t`Another model behind an alias` },
  { value: 'deprecation', label: t`An alias on its way out` },
];

const AUDIENCES = [
  { value: 'everyone', label: t`All teams` },
  { value: 'holders', label: t`Teams that may call the alias` },
  { value: 'callers', label: t`Teams that called it in the last 30 days` },
  { value: 'named', label: t`Teams and organizations by name` },
];

/** The kinds whose words can name models, and what teams read then. */
const NAMING: Partial<Record<string, string>> = {
  new_model: t`The description of the alias is in it: it may say whose model it is`,
  switch: t`Which provider’s models they are`,
};

const labelOf = (all: { value: string; label: string }[], value: string): string => all.find((one) => one.value === value)?.label ?? value;

const receivers = (one: Notice): string => (one.audience === 'named' ? [...one.team_ids, ...one.organization_ids].join(', ') : labelOf(AUDIENCES, one.audience));

const expired = (one: Notice): boolean => one.expires_at !== null && one.expires_at !== undefined && one.expires_at <= new Date().toISOString();

const HEADS: Head<Notice>[] = [
  {
    title: t`Notice`,
    className: 'break',
    cell: (one) => (
      <>
        {one.title}
        <span className="second-line one-line">{one.text}</span>
      </>
    ),
  },
  { title: t`For`, cell: receivers },
  { title: t`Published`, cell: (one) => <Time at={one.created_at} /> },
  { title: t`Status`, cell: (one) => (expired(one) ? <Status tone="off">{t`Expired`}</Status> : <Status tone="good">{t`Shown`}</Status>) },
];

export function Notices() {
  const client = useQueryClient();
  const { may } = useSession();
  const creating = useOverlay('create');
  const list = useQuery({ queryKey: ['notices'], queryFn: async () => (await answer(api.GET('/api/notices', { params: { query: { limit: 1000 } } }))).notices });
  return (
    <KeptList
      title={t`Notices`}
      query={list}
      heads={HEADS}
      empty={t`No notices. Teams read theirs with their keys, at /v1/notices; webhooks are told, too.`}
      id={(one) => one.notice_id}
      name={(one) => one.title}
      writes={may('writeCatalog')}
      create={t`Write notice`}
      edits
      form={(close, editing) => <NoticeForm key={editing?.notice_id ?? creating.of} editing={editing} start={creating.of} onClose={close} />}
      actions={(one) => <CopyButton value={`${one.title}\n\n${one.text}`} label={t`Copy ${one.title}`} />}
      end={(one, close) => (
        <ConfirmDialog
          title={t`Delete this notice?`}
          action={t`Delete notice`}
          onClose={close}
          path={`/api/notices/${one.notice_id}`}
          run={async () => {
            await answer(api.DELETE('/api/notices/{notice}', { params: { path: { notice: one.notice_id } } }));
            done(t`Deleted the notice`);
            await client.invalidateQueries({ queryKey: ['notices'] });
          }}
        >
          {t`No team is shown ${<b className="break">{one.title}</b>} any more.`}
        </ConfirmDialog>
      )}
    />
  );
}

const useNames = () =>
  useQuery({
    queryKey: ['notice-receivers'],
    queryFn: async () => {
      const query = { params: { query: { limit: 1000 } } };
      const [teams, organizations] = await Promise.all([answer(api.GET('/api/teams', query)), answer(api.GET('/api/organizations', query))]);
      return { teams: teams.teams.map((one) => one.team_id), organizations: organizations.organizations.map((one) => one.organization_id) };
    },
  });

/** `start`: `deprecation:gpt-4` begins with a text about that alias. */
function NoticeForm({ editing, start, onClose }: { editing?: Notice; start: string; onClose: () => void }) {
  const client = useQueryClient();
  const [startKind = '', ...about] = start.split(':');
  const [kind, setKind] = useState(editing?.kind ?? (startKind || 'general'));
  const [alias, setAlias] = useState(editing?.alias ?? about.join(':'));
  const { read, fields, set, edit, save, put } = useEdited(editing, (one) => ({
    title: one?.title ?? '',
    text: one?.text ?? '',
    audience: one?.audience ?? (startKind === 'deprecation' ? 'callers' : startKind ? 'holders' : 'everyone'),
    team_ids: one?.team_ids ?? [],
    organization_ids: one?.organization_ids ?? [],
    expires_at: one?.expires_at ?? null,
  }));
  const { title, text, audience, team_ids, organization_ids, expires_at } = fields;
  const once = useOnce();
  const [named, setNamed] = useState(false);
  const [until, setUntil] = useState('');
  const [endless, setEndless] = useState(false);
  const endAt = (value: string, never: boolean) => {
    setUntil(value);
    setEndless(never);
    set('expires_at', never ? null : (momentOf(value) ?? read?.expires_at ?? null));
  };
  const names = useNames();
  // What the form shows no more is not sent either.
  const changeKind = (next: typeof kind) => {
    setKind(next);
    if (next !== 'general') return;
    setAlias('');
    if (audience !== 'named') set('audience', 'everyone');
  };
  const made = kind !== 'general';
  const naming = NAMING[kind];
  const names_models = named && naming !== undefined;
  const whom = audience === 'named' ? { audience, team_ids, organization_ids } : { audience, team_ids: [], organization_ids: [] };
  const words = { ...(title ? { title } : {}), ...(text ? { text } : {}) };
  const draft = { kind, ...(alias ? { alias } : {}), ...words, ...whom, ...(names_models ? { name_models: true } : {}), ...(expires_at ? { expires_at } : {}) } as NoticeDraft;
  const [settled] = useDebouncedValue(JSON.stringify(draft), 300);
  const asks = !editing && (made ? alias !== '' : title !== '' && text !== '');
  const preview = useQuery({
    queryKey: ['notice-preview', settled],
    enabled: asks,
    retry: false,
    gcTime: 0,
    queryFn: () => answer(api.POST('/api/notices', { params: { query: { dry_run: true } }, body: JSON.parse(settled) as NoticeDraft })) as Promise<{ title: string; text: string; teams_reached: number }>,
  });
  // Whom it is for is one thing: named receivers come and go with the audience.
  const changed = { ...edit, ...('audience' in edit || 'team_ids' in edit || 'organization_ids' in edit ? whom : {}) };
  const submit = useSubmit(async () => {
    if (editing) {
      const params = { path: { notice: editing.notice_id } };
      await save(
        (_, header) => answer(api.PUT('/api/notices/{notice}', { params: { ...params, header }, body: changed })),
        () => answer(api.GET('/api/notices/{notice}', { params })),
      );
      done(t`Saved the notice`);
    } else {
      const said = await once(draft, (header) => answer(api.POST('/api/notices', { params: { header }, body: draft })));
      done('teams_reached' in said ? plural(said.teams_reached, 'Published, for # team', 'Published, for # teams') : t`Published`);
    }
    onClose();
    await client.invalidateQueries({ queryKey: ['notices'] });
  });
  const create = () => ({
    method: 'POST',
    path: '/api/notices',
    body: draft,
    cli: aliasctl(['notice', 'create'], { '--kind': kind, '--alias': alias, '--title': title, '--text': text, '--to': audience === 'named' ? null : audience, '--team': audience === 'named' ? team_ids : [], '--organization': audience === 'named' ? organization_ids : [], '--name-models': names_models, '--expires': expires_at }),
  });
  const shown = asks ? preview.data : undefined;
  const ofAlias = kind !== 'general' || Boolean(editing?.alias);
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit notice` : t`Write notice`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          {!editing && <Select label={t`About`} data={KINDS} value={kind} allowDeselect={false} error={submit.of('kind')} onChange={(value) => changeKind((value ?? 'general') as typeof kind)} />}
          {!editing && ofAlias && <SuccessorField label={t`Alias`} description={t`The words are made from it`} of="" value={alias ?? ''} onChange={setAlias} error={submit.of('alias')} />}
          {!editing && naming && <Switch label={t`Name the models`} description={naming} checked={named} error={submit.of('name_models')} onChange={(event) => setNamed(event.currentTarget.checked)} />}
          <Select label={t`For`} data={ofAlias ? AUDIENCES : AUDIENCES.filter((one) => one.value === 'everyone' || one.value === 'named')} value={audience} allowDeselect={false} error={submit.of('audience')} onChange={(value) => set('audience', value ?? 'everyone')} />
          {audience === 'named' && (
            <>
              <MultiSelect label={t`Teams`} searchable limit={50} data={names.data?.teams ?? []} value={team_ids} error={submit.of('team_ids')} onChange={(value) => set('team_ids', value)} />
              <MultiSelect label={t`Organizations`} searchable limit={50} data={names.data?.organizations ?? []} value={organization_ids} error={submit.of('organization_ids')} onChange={(value) => set('organization_ids', value)} />
            </>
          )}
          <TextInput label={t`Title`} description={made && !editing ? t`Made from the alias where it is empty` : undefined} required={!made} maxLength={200} value={title} placeholder={shown?.title} error={submit.of('title')} onChange={(event) => set('title', event.currentTarget.value)} />
          <Textarea label={t`Text`} description={made && !editing ? t`Made from the alias where it is empty` : undefined} required={!made} autosize minRows={4} maxRows={14} value={text} error={submit.of('text')} onChange={(event) => set('text', event.currentTarget.value)} />
          {read?.expires_at && <Switch label={t`Without an end`} checked={endless} onChange={(event) => endAt(until, event.currentTarget.checked)} />}
          <TextInput {...MOMENT} label={t`Until`} disabled={endless} description={expires_at ? exactTime(expires_at) : t`Empty is always`} value={until} error={submit.of('expires_at')} onChange={(event) => endAt(event.currentTarget.value, endless)} />
          {asks && preview.error ? <FormError error={preview.error} /> : null}
          {shown && (
            <div role="region" aria-label={t`What teams will read`}>
              <Text size="sm" fw={600}>
                {plural(shown.teams_reached, 'What # team will read', 'What # teams will read')}
              </Text>
              <pre className="code" tabIndex={0} aria-label={t`The text of the notice`} style={{ whiteSpace: 'pre-wrap' }}>
                {shown.title}
                {'\n\n'}
                {shown.text}
              </pre>
              <CopyButton wide label={t`Copy text`} value={`${shown.title}\n\n${shown.text}`} />
            </div>
          )}
          <FormButtons submit={editing ? t`Save` : t`Publish notice`} busy={submit.busy} onCancel={onClose} curl={() => (editing ? put(`/api/notices/${editing.notice_id}`, changed) : create())} />
        </Stack>
      </form>
    </Drawer>
  );
}
