// The drawer that creates or renames an organization.
import { Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, ifMatch, onlyOnce } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Organization } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { fileOf } from '../../elements/yaml';
import { t } from '../../words';
import { fetchOrganization, of, organizationsChanged } from './queries';

const IDS = { organization_id: 'organization-id', name: 'organization-name' };

export function OrganizationForm({ editing, onClose }: { editing?: Organization; onClose: () => void }) {
  const client = useQueryClient();
  const [read, setRead] = useState(editing);
  const [id, setId] = useState('');
  const [name, setName] = useState(editing?.name ?? '');
  const submit = useSubmit(async () => {
    if (read) {
      try {
        await answer(api.PUT('/api/organizations/{organization}', { params: { ...of(read.organization_id), header: ifMatch(read.version) }, body: { name } }));
      } catch (error) {
        if (error instanceof Problem && error.status === 412) setRead(await fetchOrganization(read.organization_id));
        throw error;
      }
    } else {
      await answer(api.POST('/api/organizations/create', { params: { header: onlyOnce() }, body: { organization_id: id.trim(), name } }));
    }
    done(read ? t`Saved ${name}` : t`Created ${name}`);
    await organizationsChanged(client);
    onClose();
  });
  const curl = () =>
    read
      ? { method: 'PUT', path: `/api/organizations/${encodeURIComponent(read.organization_id)}`, body: { name } }
      : { method: 'POST', path: '/api/organizations/create', body: { organization_id: id.trim(), name }, cli: aliasctl(['org', 'create', id.trim(), name]), file: fileOf('organizations', id.trim(), { name }) };
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit ${editing.name}` : t`Create Organization`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} fields={IDS} />
          {!editing && <TextInput id={IDS.organization_id} label={t`Organization id`} description={t`What the API calls it; it does not change`} placeholder="org_newclient" required data-autofocus spellCheck={false} autoComplete="off" value={id} error={submit.of('organization_id')} onChange={(event) => setId(event.currentTarget.value)} classNames={{ input: 'mono' }} />}
          <TextInput id={IDS.name} label={t`Name`} placeholder={t`New Client Inc`} required data-autofocus={editing ? true : undefined} value={name} error={submit.of('name')} onChange={(event) => setName(event.currentTarget.value)} />
          <FormButtons submit={editing ? t`Save` : t`Create`} busy={submit.busy} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Drawer>
  );
}
