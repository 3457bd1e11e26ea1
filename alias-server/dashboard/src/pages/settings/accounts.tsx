// The people who sign in.
import { PasswordInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Account, Role } from '../../api/types';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import type { Head } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useEdited } from '../../elements/use-edited';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { OrganizationField } from '../organizations/organization-field';
import { KeptList } from './kept-list';
import { BOUND, ROLES } from './roles';

const HEADS: Head<Account>[] = [
  {
    title: t`Email`,
    cell: (one) => (
      <>
        {one.email}
        {one.display_name && one.display_name !== one.email && <span className="second-line one-line">{one.display_name}</span>}
      </>
    ),
  },
  { title: t`Role`, cell: (one) => one.role },
  { title: t`Organization`, cell: (one) => one.organization_id ?? t`all` },
  { title: t`Status`, cell: (one) => (one.active ? <Status tone="good">{t`Active`}</Status> : <Status tone="off">{t`Switched off`}</Status>) },
  { title: t`Last sign-in`, cell: (one) => <Time at={one.last_sign_in_at} /> },
];

export function Accounts() {
  const client = useQueryClient();
  const { may } = useSession();
  const list = useQuery({ queryKey: ['accounts'], queryFn: async () => (await answer(api.GET('/api/admin-users'))).users });
  return (
    <KeptList
      title={t`Accounts`}
      query={list}
      heads={HEADS}
      empty={t`No accounts. While there is neither an account nor a token, this machine needs none.`}
      id={(one) => one.user_id}
      name={(one) => one.email}
      writes={may('writeIdentities')}
      create={t`Create account`}
      edits
      form={(close, editing) => <AccountForm key={editing?.user_id} editing={editing} onClose={close} />}
      end={(one, close) => (
        <ConfirmDialog
          title={t`Delete ${one.email}?`}
          action={t`Delete account`}
          onClose={close}
          path={`/api/admin-users/${one.user_id}`}
          run={async () => {
            await answer(api.DELETE('/api/admin-users/{user}', { params: { path: { user: one.user_id } } }));
            done(t`Deleted ${one.email}`);
            await client.invalidateQueries({ queryKey: ['accounts'] });
          }}
        >
          {t`It is signed out at once and cannot sign in again. What it did stays in the activity log.`}
        </ConfirmDialog>
      )}
    />
  );
}

const fieldsOf = (one: Account | undefined) => ({ display_name: one?.display_name ?? '', role: one?.role ?? 'viewer', organization_id: one?.organization_id ?? null, active: one?.active ?? true });

function AccountForm({ editing, onClose }: { editing?: Account; onClose: () => void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { fields, set, edit, save, put } = useEdited(editing, fieldsOf);
  const once = useOnce();
  const { display_name, role, organization_id } = fields;
  const draft = { email, password, role, organization_id, display_name: display_name || null };
  const submit = useSubmit(async () => {
    if (editing) {
      const params = { path: { user: editing.user_id } };
      await save(
        (_, header) => answer(api.PUT('/api/admin-users/{user}', { params: { ...params, header }, body: { ...edit, ...(password ? { password } : {}) } })),
        () => answer(api.GET('/api/admin-users/{user}', { params })),
      );
    } else {
      await once(draft, (header) => answer(api.POST('/api/admin-users', { params: { header }, body: draft })));
    }
    done(editing ? t`Saved ${editing.email}` : t`Created ${email}`);
    await client.invalidateQueries({ queryKey: ['accounts'] });
    onClose();
  });
  // A command is kept in a history: whoever runs it puts the password in.
  const curl = () => (editing ? put(`/api/admin-users/${editing.user_id}`, { ...edit, ...(password ? { password: '…' } : {}) }) : { method: 'POST', path: '/api/admin-users', body: { ...draft, password: '…' } });
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit ${editing.email}` : t`Create account`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          {!editing && <TextInput label={t`Email`} type="email" required data-autofocus autoComplete="off" value={email} error={submit.of('email')} onChange={(event) => setEmail(event.currentTarget.value)} />}
          <TextInput label={t`Name`} value={fields.display_name} error={submit.of('display_name')} onChange={(event) => set('display_name', event.currentTarget.value)} />
          <Select label={t`Role`} data={ROLES} value={fields.role} allowDeselect={false} error={submit.of('role')} onChange={(value) => set('role', (value ?? 'viewer') as Role)} />
          <OrganizationField description={BOUND.includes(fields.role) ? t`What the role is bound to` : t`Empty reaches all`} clearable value={fields.organization_id ?? ''} error={submit.of('organization_id')} onChange={(value) => set('organization_id', value || null)} />
          <PasswordInput label={editing ? t`New password` : t`Password`} description={editing ? t`Empty keeps the one that there is` : t`12 to 128 characters`} autoComplete="new-password" required={!editing} value={password} error={submit.of('password')} onChange={(event) => setPassword(event.currentTarget.value)} />
          {editing && <Switch label={t`Active`} description={t`Switched off, it is signed out and cannot sign in`} checked={fields.active} onChange={(event) => set('active', event.currentTarget.checked)} />}
          <FormButtons submit={editing ? t`Save` : t`Create account`} busy={submit.busy} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Drawer>
  );
}
