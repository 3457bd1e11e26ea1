// Admin tokens: for scripts and other programs that administer.
import { Button, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, onlyOnce } from '../../api/client';
import type { Role } from '../../api/types';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { Loaded } from '../../elements/loaded';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { Panel } from '../../elements/panel';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { useOrganizationIds } from '../teams/queries';
import { ROLES } from './roles';
import { SecretDialog } from './secret-dialog';

const EXPIRY = [
  { value: '', label: 'never' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
];

export function Tokens() {
  const client = useQueryClient();
  const { me, may } = useSession();
  const list = useQuery({ queryKey: ['tokens'], queryFn: () => answer(api.GET('/api/admin-tokens')) });
  const create = useOverlay('create');
  const revoking = useOverlay('revoke');
  const [secret, setSecret] = useState<string | null>(null);
  const writes = may('writeIdentities');
  const revoked = revoking.opened ? list.data?.admin_tokens.find((one) => one.token_id === revoking.of) : undefined;
  return (
    <Panel title="Admin tokens" actions={writes && <Button size="xs" variant="default" onClick={() => create.open()}>Create token</Button>}>
      <Loaded query={list} what="the tokens">
        {(data) =>
          data.admin_tokens.length === 0 ? (
            <Text size="sm" c="dimmed">
              No tokens. {me.mode === 'open' && 'The first one ends the open mode: this page then needs it, too.'}
            </Text>
          ) : (
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Admin tokens">
              <Table className="data-table">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Token</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>Organization</Table.Th>
                    <Table.Th>Last used</Table.Th>
                    <Table.Th>Expires</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.admin_tokens.map((one) => (
                    <Table.Tr key={one.token_id}>
                      <Table.Td>{one.name}</Table.Td>
                      <Table.Td className="mono">{one.token_masked}</Table.Td>
                      <Table.Td>{one.role}</Table.Td>
                      <Table.Td>{one.organization_id ?? 'all'}</Table.Td>
                      <Table.Td>
                        <Time at={one.last_used_at} />
                      </Table.Td>
                      <Table.Td>
                        <Time at={one.expires_at} />
                      </Table.Td>
                      <Table.Td ta="right">
                        {writes && (
                          <Button size="compact-sm" variant="default" c="var(--alias-bad)" aria-label={`Revoke ${one.name}`} onClick={() => revoking.open(one.token_id)}>
                            Revoke…
                          </Button>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
      {writes && create.opened && <CreateToken onClose={create.close} onSecret={setSecret} />}
      {writes && revoked && (
        <ConfirmDialog
          title={`Revoke ${revoked.name}?`}
          action="Revoke token"
          onClose={revoking.close}
          run={async () => {
            await answer(api.DELETE('/api/admin-tokens/{token}', { params: { path: { token: revoked.token_id } } }));
            done(`Revoked ${revoked.name}`);
            await client.invalidateQueries({ queryKey: ['tokens'] });
          }}
        >
          Whatever uses it gets 401 from the next request on. It was last used <Time at={revoked.last_used_at} />.
        </ConfirmDialog>
      )}
      {secret && <SecretDialog title="The new admin token" what="token" secret={secret} onClose={() => setSecret(null)} />}
    </Panel>
  );
}

function CreateToken({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const client = useQueryClient();
  const organizations = useOrganizationIds('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [organization, setOrganization] = useState<string | null>(null);
  const [days, setDays] = useState('90');
  const submit = useSubmit(async () => {
    const body = { name, role, organization_id: organization, expires_at: days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z') : null };
    const made = await answer(api.POST('/api/admin-tokens', { params: { header: onlyOnce() }, body }));
    onClose();
    if (made.admin_token) onSecret(made.admin_token);
    await client.invalidateQueries({ queryKey: ['tokens'] });
  });
  return (
    <Modal opened onClose={onClose} title="Create token">
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <TextInput label="Name" description="What uses it" placeholder="ci" required data-autofocus value={name} error={submit.of('name')} onChange={(event) => setName(event.currentTarget.value)} />
          <Select label="Role" data={ROLES} value={role} allowDeselect={false} error={submit.of('role')} onChange={(value) => setRole((value ?? 'viewer') as Role)} />
          <Select label="Organization" description="Empty reaches all" clearable clearButtonProps={{ 'aria-label': 'Clear organization' }} searchable data={organizations.data ?? []} value={organization} error={submit.of('organization_id')} onChange={setOrganization} />
          <Select label="It expires" data={EXPIRY} value={days} allowDeselect={false} error={submit.of('expires_at')} onChange={(value) => setDays(value ?? '')} />
          <FormButtons submit="Create token" busy={submit.busy} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
