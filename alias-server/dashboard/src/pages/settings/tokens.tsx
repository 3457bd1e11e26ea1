// Admin tokens: for scripts and other programs that administer.
import { Select, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { AdminToken, Role } from '../../api/types';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { daysAfter } from '../../elements/format';
import { done, secretLost } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import type { Head } from '../../elements/small-table';
import { Time } from '../../elements/time';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { OrganizationField } from '../organizations/organization-field';
import { KeptList } from './kept-list';
import { ROLES } from './roles';
import { SecretDialog } from './secret-dialog';

const EXPIRY = [
  { value: '', label: t`never` },
  { value: '30', label: t`in 30 days` },
  { value: '90', label: t`in 90 days` },
  { value: '365', label: t`in a year` },
];

const HEADS: Head<AdminToken>[] = [
  { title: t`Name`, cell: (one) => one.name },
  { title: t`Token`, className: 'mono', cell: (one) => one.token_masked },
  { title: t`Role`, cell: (one) => one.role },
  { title: t`Organization`, cell: (one) => one.organization_id ?? t`all` },
  { title: t`Last used`, cell: (one) => <Time at={one.last_used_at} /> },
  { title: t`Expires`, cell: (one) => <Time at={one.expires_at} /> },
];

export function Tokens() {
  const client = useQueryClient();
  const { me, may } = useSession();
  const list = useQuery({ queryKey: ['tokens'], queryFn: async () => (await answer(api.GET('/api/admin-tokens'))).admin_tokens });
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <KeptList
        title={t`Admin tokens`}
        query={list}
        heads={HEADS}
        empty={<>{t`No tokens.`} {me.mode === 'open' && t`The first one ends the open mode: this page then needs it, too.`}</>}
        id={(one) => one.token_id}
        name={(one) => one.name}
        writes={may('writeIdentities')}
        create={t`Create token`}
        form={(close) => <CreateToken onClose={close} onSecret={setSecret} />}
        ends="revoke"
        end={(one, close) => (
          <ConfirmDialog
            title={t`Revoke ${one.name}?`}
            action={t`Revoke token`}
            onClose={close}
            path={`/api/admin-tokens/${one.token_id}`}
            run={async () => {
              await answer(api.DELETE('/api/admin-tokens/{token}', { params: { path: { token: one.token_id } } }));
              done(t`Revoked ${one.name}`);
              await client.invalidateQueries({ queryKey: ['tokens'] });
            }}
          >
            {t`Whatever uses it gets 401 from the next request on. It was last used ${<Time at={one.last_used_at} />}.`}
          </ConfirmDialog>
        )}
      />
      {secret && <SecretDialog title={t`The new admin token`} what={t`token`} secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

function CreateToken({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [organization, setOrganization] = useState('');
  const [days, setDays] = useState('90');
  const [opened] = useState(Date.now);
  const once = useOnce();
  const bodyOf = () => ({ name, role, organization_id: organization || null, expires_at: daysAfter(opened, days) });
  const submit = useSubmit(async () => {
    const body = bodyOf();
    const made = await once(body, (header) => answer(api.POST('/api/admin-tokens', { params: { header }, body })));
    onClose();
    if (made.admin_token) onSecret(made.admin_token);
    else secretLost(t`The token`);
    await client.invalidateQueries({ queryKey: ['tokens'] });
  });
  return (
    <Modal opened onClose={onClose} title={t`Create token`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <TextInput label={t`Name`} description={t`What uses it`} placeholder="ci" required data-autofocus value={name} error={submit.of('name')} onChange={(event) => setName(event.currentTarget.value)} />
          <Select label={t`Role`} data={ROLES} value={role} allowDeselect={false} error={submit.of('role')} onChange={(value) => setRole((value ?? 'viewer') as Role)} />
          <OrganizationField description={t`Empty reaches all`} clearable value={organization} error={submit.of('organization_id')} onChange={setOrganization} />
          <Select label={t`It expires`} data={EXPIRY} value={days} allowDeselect={false} error={submit.of('expires_at')} onChange={(value) => setDays(value ?? '')} />
          <FormButtons submit={t`Create token`} busy={submit.busy} onCancel={onClose} curl={() => ({ method: 'POST', path: '/api/admin-tokens', body: bodyOf() })} />
        </Stack>
      </form>
    </Modal>
  );
}
