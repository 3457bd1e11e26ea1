// Who is told of what: webhooks, their deliveries, and a test.
import { MultiSelect, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Webhook } from '../../api/types';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { MissingDialog } from '../../elements/missing';
import { done, failed, secretLost } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { RowButton } from '../../elements/row-button';
import type { Head } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { useOverlay } from '../../elements/url-state';
import { useHeld } from '../../elements/use-held';
import { useEdited } from '../../elements/use-edited';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { Deliveries } from './deliveries';
import { KeptList } from './kept-list';
import { SecretDialog } from './secret-dialog';

const EVENTS = ['alias.created', 'alias.updated', 'alias.deprecated', 'alias.sunset_approaching', 'alias.disabled', 'alias.deleted', 'alias.rolled_back', 'team.low_credits', 'team.credits_exhausted', 'budget.low', 'budget.exhausted', 'notice.published'];

const HEADS: Head<Webhook>[] = [
  {
    title: t`Address`,
    className: 'break',
    cell: (one) => (
      <>
        {one.webhook_url}
        {one.description && <span className="second-line one-line">{one.description}</span>}
      </>
    ),
  },
  { title: t`Events`, cell: (one) => one.events.join(', ') },
  { title: t`Status`, cell: (one) => (one.active ? <Status tone="good">{t`Active`}</Status> : <Status tone="off">{one.disabled_reason ?? t`Switched off`}</Status>) },
];

async function test(one: Webhook): Promise<void> {
  try {
    const said = await answer(api.POST('/api/webhooks/{webhook}/test', { params: { path: { webhook: one.webhook_id } } }));
    if (said.status === 'delivered') done(t`${one.webhook_url} answered ${said.response_status ?? '–'} in ${said.latency_ms ?? '–'} ms`);
    else failed(t`The test`, new Error(said.error ?? t`It answered ${said.response_status ?? '–'}`));
  } catch (error) {
    failed(t`The test`, error);
  }
}

export function Webhooks() {
  const client = useQueryClient();
  const { may } = useSession();
  const list = useQuery({ queryKey: ['webhooks'], queryFn: async () => (await answer(api.GET('/api/webhooks'))).webhooks });
  const [secret, setSecret] = useState<string | null>(null);
  const [looked, setLooked] = useState<Webhook | null>(null);
  const rotate = useOverlay('rotate');
  const rotated = useHeld(rotate.of, list.data?.find((one) => one.webhook_id === rotate.of));
  const writes = may('editTeam');
  return (
    <>
      <KeptList
        title={t`Webhooks`}
        query={list}
        heads={HEADS}
        empty={t`No webhooks. One is told when an alias changes or a team runs out of credits.`}
        id={(one) => one.webhook_id}
        name={(one) => one.webhook_url}
        writes={writes}
        create={t`Register webhook`}
        edits
        form={(close, editing) => <WebhookForm key={editing?.webhook_id} editing={editing} onClose={close} onSecret={setSecret} />}
        actions={(one) => (
          <>
            <RowButton label={t`Deliveries`} name={t`of ${one.webhook_url}`} onClick={() => setLooked(one)} />
            {writes && <RowButton label={t`Test`} name={one.webhook_url} onClick={() => void test(one)} />}
            {writes && <RowButton label={t`Rotate secret…`} name={t`of ${one.webhook_url}`} onClick={() => rotate.open(one.webhook_id)} />}
          </>
        )}
        end={(one, close) => (
          <ConfirmDialog
            title={t`Delete this webhook?`}
            action={t`Delete webhook`}
            onClose={close}
            path={`/api/webhooks/${one.webhook_id}`}
            run={async () => {
              await answer(api.DELETE('/api/webhooks/{webhook}', { params: { path: { webhook: one.webhook_id } } }));
              done(t`Deleted the webhook`);
              await client.invalidateQueries({ queryKey: ['webhooks'] });
            }}
          >
            {t`${<span className="break">{one.webhook_url}</span>} is told of nothing any more; what waits for delivery is dropped.`}
          </ConfirmDialog>
        )}
      />
      {writes && rotated && <RotateSecret webhook={rotated} onClose={rotate.close} onSecret={setSecret} />}
      {writes && rotate.of && list.data && !rotated && <MissingDialog what={rotate.of} onClose={rotate.close} />}
      {looked && <Deliveries webhook={looked} onClose={() => setLooked(null)} />}
      {secret && <SecretDialog title={t`The webhook’s secret`} what={t`secret`} secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

function RotateSecret({ webhook, onClose, onSecret }: { webhook: Webhook; onClose: () => void; onSecret: (secret: string) => void }) {
  const once = useOnce();
  const path = { webhook: webhook.webhook_id };
  const rotate = async () => {
    const made = await once(path, (header) => answer(api.POST('/api/webhooks/{webhook}/rotate-secret', { params: { path, header } })));
    if (made.secret) onSecret(made.secret);
    else secretLost(t`The secret`);
  };
  return (
    <ConfirmDialog title={t`Rotate the secret?`} action={t`Rotate secret`} onClose={onClose} method="POST" path={`/api/webhooks/${webhook.webhook_id}/rotate-secret`} run={rotate}>
      {t`A new secret signs what ${<span className="break">{webhook.webhook_url}</span>} is told from now on; the old one signs nothing any more. The webhook and its deliveries stay.`}
    </ConfirmDialog>
  );
}

const fieldsOf = (one: Webhook | undefined) => ({ webhook_url: one?.webhook_url ?? '', events: one?.events ?? [], description: one?.description ?? '', active: one?.active ?? true });

function WebhookForm({ editing, onClose, onSecret }: { editing?: Webhook; onClose: () => void; onSecret: (secret: string) => void }) {
  const client = useQueryClient();
  const { fields, set, edit, save, put } = useEdited(editing, fieldsOf);
  const { webhook_url, events, description } = fields;
  const draft = { webhook_url, events, description: description || null };
  const once = useOnce();
  const submit = useSubmit(async () => {
    if (editing) {
      const params = { path: { webhook: editing.webhook_id } };
      await save(
        (_, header) => answer(api.PUT('/api/webhooks/{webhook}', { params: { ...params, header }, body: edit })),
        () => answer(api.GET('/api/webhooks/{webhook}', { params })),
      );
      done(t`Saved the webhook`);
    } else {
      const made = await once(draft, (header) => answer(api.POST('/api/webhooks/register', { params: { header }, body: draft })));
      if (made.secret) onSecret(made.secret);
      else secretLost(t`The webhook`);
    }
    onClose();
    await client.invalidateQueries({ queryKey: ['webhooks'] });
  });
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit webhook` : t`Register webhook`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <TextInput label={t`Address`} description={t`https, on the public network`} placeholder="https://hooks.example.com/aliases" required data-autofocus value={fields.webhook_url} error={submit.of('webhook_url')} onChange={(event) => set('webhook_url', event.currentTarget.value)} />
          <MultiSelect label={t`Events`} required data={EVENTS} value={fields.events} error={submit.of('events')} onChange={(value) => set('events', value)} clearable clearButtonProps={{ 'aria-label': t`Clear events` }} />
          <TextInput label={t`Description`} value={fields.description} error={submit.of('description')} onChange={(event) => set('description', event.currentTarget.value)} />
          {editing && <Switch label={t`Active`} checked={fields.active} onChange={(event) => set('active', event.currentTarget.checked)} />}
          <FormButtons submit={editing ? t`Save` : t`Register webhook`} busy={submit.busy} onCancel={onClose} curl={() => (editing ? put(`/api/webhooks/${editing.webhook_id}`) : { method: 'POST', path: '/api/webhooks/register', body: draft })} />
        </Stack>
      </form>
    </Drawer>
  );
}
