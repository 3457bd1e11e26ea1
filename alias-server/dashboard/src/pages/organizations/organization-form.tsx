// The drawer that creates or renames an organization.
import { Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Organization } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { ManagedNote } from '../../elements/managed';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { useEdited } from '../../elements/use-edited';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { fileOf } from '../../elements/yaml';
import { t } from '../../words';
import { fetchOrganization, of, organizationsChanged } from './queries';

const IDS = { organization_id: 'organization-id', name: 'organization-name' };

export function OrganizationForm({ editing, onClose }: { editing?: Organization; onClose: () => void }) {
  const client = useQueryClient();
  const [id, setId] = useState('');
  const { read, fields, set, edit, save, put } = useEdited(editing, (one) => ({ name: one?.name ?? '' }));
  const { name } = fields;
  const once = useOnce();
  const submit = useSubmit(async () => {
    if (read) {
      await save(
        ({ organization_id }, header) => answer(api.PUT('/api/organizations/{organization}', { params: { ...of(organization_id), header }, body: edit })),
        ({ organization_id }) => fetchOrganization(organization_id),
      );
    } else {
      const body = { organization_id: id.trim(), name };
      await once(body, (header) => answer(api.POST('/api/organizations/create', { params: { header }, body })));
    }
    done(read ? t`Saved ${name}` : t`Created ${name}`);
    await organizationsChanged(client);
    onClose();
  });
  const curl = () =>
    read
      ? put(`/api/organizations/${encodeURIComponent(read.organization_id)}`)
      : { method: 'POST', path: '/api/organizations/create', body: { organization_id: id.trim(), name }, cli: aliasctl(['org', 'create', id.trim(), name]), file: fileOf('organizations', id.trim(), { name }) };
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit ${editing.name}` : t`Create Organization`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} fields={IDS} />
          <ManagedNote by={editing?.managed_by} />
          {!editing && <TextInput id={IDS.organization_id} label={t`Organization id`} description={t`What the API calls it; it does not change`} placeholder="org_newclient" required data-autofocus spellCheck={false} autoComplete="off" value={id} error={submit.of('organization_id')} onChange={(event) => setId(event.currentTarget.value)} classNames={{ input: 'mono' }} />}
          <TextInput id={IDS.name} label={t`Name`} placeholder={t`New Client Inc`} required data-autofocus={editing ? true : undefined} value={name} error={submit.of('name')} onChange={(event) => set('name', event.currentTarget.value)} />
          <FormButtons submit={editing ? t`Save` : t`Create`} busy={submit.busy} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Drawer>
  );
}
