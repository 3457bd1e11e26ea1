// Who is told of what: webhooks, their deliveries, and a test.
import { Button, Group, MultiSelect, Stack, Switch, Table, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, ifMatch, onlyOnce } from '../../api/client';
import type { Webhook } from '../../api/types';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { Loaded } from '../../elements/loaded';
import { done, failed } from '../../elements/notices';
import { Drawer, Modal } from '../../elements/overlays';
import { Panel } from '../../elements/panel';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { SecretDialog } from './secret-dialog';

const EVENTS = ['alias.created', 'alias.updated', 'alias.deprecated', 'alias.disabled', 'alias.deleted', 'team.low_credits', 'team.credits_exhausted', 'budget.low', 'budget.exhausted'];

export function Webhooks() {
  const client = useQueryClient();
  const { may } = useSession();
  const list = useQuery({ queryKey: ['webhooks'], queryFn: () => answer(api.GET('/api/webhooks')) });
  const create = useOverlay('create');
  const edit = useOverlay('edit');
  const deleting = useOverlay('delete');
  const [secret, setSecret] = useState<string | null>(null);
  const [looked, setLooked] = useState<Webhook | null>(null);
  const writes = may('editTeam');
  const find = (id: string) => list.data?.webhooks.find((one) => one.webhook_id === id);
  const edited = edit.opened ? find(edit.of) : undefined;
  const deleted = deleting.opened ? find(deleting.of) : undefined;
  const test = async (one: Webhook) => {
    try {
      const said = await answer(api.POST('/api/webhooks/{webhook}/test', { params: { path: { webhook: one.webhook_id } } }));
      if (said.status === 'delivered') done(`${one.webhook_url} answered ${said.response_status} in ${said.latency_ms} ms`);
      else failed('The test', new Error(said.error ?? `It answered ${said.response_status}`));
    } catch (error) {
      failed('The test', error);
    }
  };
  return (
    <Panel title="Webhooks" actions={writes && <Button size="xs" variant="default" onClick={() => create.open()}>Register webhook</Button>}>
      <Loaded query={list} what="the webhooks">
        {(data) =>
          data.webhooks.length === 0 ? (
            <Text size="sm" c="dimmed">
              No webhooks. One is told when an alias changes or a team runs out of credits.
            </Text>
          ) : (
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Webhooks">
              <Table className="data-table">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Address</Table.Th>
                    <Table.Th>Events</Table.Th>
                    <Table.Th>Status</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.webhooks.map((one) => (
                    <Table.Tr key={one.webhook_id}>
                      <Table.Td className="break">
                        {one.webhook_url}
                        {one.description && <span className="second-line one-line">{one.description}</span>}
                      </Table.Td>
                      <Table.Td>{one.events.join(', ')}</Table.Td>
                      <Table.Td>{one.active ? <Status tone="good">Active</Status> : <Status tone="off">{one.disabled_reason ?? 'Switched off'}</Status>}</Table.Td>
                      <Table.Td>
                        <Group gap={6} justify="flex-end" wrap="nowrap">
                          <Button size="compact-sm" variant="default" aria-label={`Deliveries of ${one.webhook_url}`} onClick={() => setLooked(one)}>
                            Deliveries
                          </Button>
                          {writes && (
                            <>
                              <Button size="compact-sm" variant="default" aria-label={`Test ${one.webhook_url}`} onClick={() => void test(one)}>
                                Test
                              </Button>
                              <Button size="compact-sm" variant="default" aria-label={`Edit ${one.webhook_url}`} onClick={() => edit.open(one.webhook_id)}>
                                Edit
                              </Button>
                              <Button size="compact-sm" variant="default" c="var(--alias-bad)" aria-label={`Delete ${one.webhook_url}`} onClick={() => deleting.open(one.webhook_id)}>
                                Delete…
                              </Button>
                            </>
                          )}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
      {writes && create.opened && <WebhookForm onClose={create.close} onSecret={setSecret} />}
      {writes && edited && <WebhookForm key={edited.webhook_id} editing={edited} onClose={edit.close} onSecret={setSecret} />}
      {writes && deleted && (
        <ConfirmDialog
          title="Delete this webhook?"
          action="Delete webhook"
          onClose={deleting.close}
          run={async () => {
            await answer(api.DELETE('/api/webhooks/{webhook}', { params: { path: { webhook: deleted.webhook_id } } }));
            done('Deleted the webhook');
            await client.invalidateQueries({ queryKey: ['webhooks'] });
          }}
        >
          <span className="break">{deleted.webhook_url}</span> is told of nothing any more; what waits for delivery is dropped.
        </ConfirmDialog>
      )}
      {looked && <Deliveries webhook={looked} onClose={() => setLooked(null)} />}
      {secret && <SecretDialog title="The webhook’s secret" what="secret" secret={secret} onClose={() => setSecret(null)} />}
    </Panel>
  );
}

function WebhookForm({ editing, onClose, onSecret }: { editing?: Webhook; onClose: () => void; onSecret: (secret: string) => void }) {
  const client = useQueryClient();
  const [url, setUrl] = useState(editing?.webhook_url ?? '');
  const [events, setEvents] = useState<string[]>(editing?.events ?? []);
  const [description, setDescription] = useState(editing?.description ?? '');
  const [active, setActive] = useState(editing?.active ?? true);
  const submit = useSubmit(async () => {
    if (editing) {
      const params = { path: { webhook: editing.webhook_id }, header: ifMatch(editing.version) };
      await answer(api.PUT('/api/webhooks/{webhook}', { params, body: { webhook_url: url, events, description, active } }));
      done('Saved the webhook');
    } else {
      const made = await answer(api.POST('/api/webhooks/register', { params: { header: onlyOnce() }, body: { webhook_url: url, events, description: description || null } }));
      if (made.secret) onSecret(made.secret);
    }
    onClose();
    await client.invalidateQueries({ queryKey: ['webhooks'] });
  });
  return (
    <Drawer opened onClose={onClose} title={editing ? 'Edit webhook' : 'Register webhook'}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <TextInput label="Address" description="https, on the public network" placeholder="https://hooks.example.com/aliases" required data-autofocus value={url} error={submit.of('webhook_url')} onChange={(event) => setUrl(event.currentTarget.value)} />
          <MultiSelect label="Events" required data={EVENTS} value={events} error={submit.of('events')} onChange={setEvents} clearable clearButtonProps={{ 'aria-label': 'Clear events' }} />
          <TextInput label="Description" value={description} error={submit.of('description')} onChange={(event) => setDescription(event.currentTarget.value)} />
          {editing && <Switch label="Active" checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />}
          <FormButtons submit={editing ? 'Save' : 'Register webhook'} busy={submit.busy} onCancel={onClose} />
        </Stack>
      </form>
    </Drawer>
  );
}

function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const list = useQuery({ queryKey: ['webhooks', webhook.webhook_id, 'deliveries'], queryFn: () => answer(api.GET('/api/webhooks/{webhook}/deliveries', { params: { path: { webhook: webhook.webhook_id }, query: { limit: 50 } } })) });
  return (
    <Modal opened onClose={onClose} title="Deliveries" size="xl">
      <Loaded query={list} what="the deliveries">
        {(data) =>
          data.deliveries.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing was sent yet.
            </Text>
          ) : (
            <Table className="data-table">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>Event</Table.Th>
                  <Table.Th>Status</Table.Th>
                  <Table.Th ta="right">Attempts</Table.Th>
                  <Table.Th>Last answer</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.deliveries.map((one) => (
                  <Table.Tr key={one.delivery_id}>
                    <Table.Td>
                      <Time at={one.created_at} />
                    </Table.Td>
                    <Table.Td>
                      {one.event} {one.subject}
                    </Table.Td>
                    <Table.Td>{one.status === 'delivered' ? <Status tone="good">Delivered</Status> : one.status === 'pending' ? <Status tone="off">Waiting</Status> : <Status tone="bad">Failed</Status>}</Table.Td>
                    <Table.Td ta="right">{one.attempts}</Table.Td>
                    <Table.Td className="break">{one.last_error ?? one.last_status ?? '–'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Modal>
  );
}
