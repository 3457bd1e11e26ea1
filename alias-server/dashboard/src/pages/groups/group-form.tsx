// The drawer that creates an access group, or edits what it says of itself.
import { Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, ifMatch, onlyOnce } from '../../api/client';
import type { Group } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { fileOf } from '../../elements/yaml';
import { t } from '../../words';
import { AliasPicker } from './alias-picker';
import { groupsChanged } from './queries';

const IDS = { group_name: 'group-name', description: 'group-description', display_name: 'group-display', model_aliases: 'group-aliases' };

export function GroupForm({ editing, onClose }: { editing?: Group; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(editing?.group_name ?? '');
  const [description, setDescription] = useState(editing?.description ?? '');
  const [displayName, setDisplayName] = useState(editing && editing.display_name !== editing.group_name ? editing.display_name : '');
  const [aliases, setAliases] = useState<string[]>([]);
  const draft = { group_name: name.trim(), description, model_aliases: aliases };
  const edit = { description, display_name: displayName || null };
  const submit = useSubmit(async () => {
    if (editing) {
      const params = { path: { group: editing.group_name }, header: ifMatch(editing.version) };
      await answer(api.PUT('/api/model-access-groups/{group}', { params, body: edit }));
    } else {
      await answer(api.POST('/api/model-access-groups/create', { params: { header: onlyOnce() }, body: draft }));
    }
    done(editing ? t`Saved ${editing.group_name}` : t`Created ${draft.group_name}`);
    await groupsChanged(client);
    onClose();
  });
  const curl = () =>
    editing
      ? { method: 'PUT', path: `/api/model-access-groups/${encodeURIComponent(editing.group_name)}`, body: edit }
      : { method: 'POST', path: '/api/model-access-groups/create', body: draft, cli: aliasctl(['group', 'create', draft.group_name, ...aliases], { '-d': description }), file: fileOf('access_groups', draft.group_name, { description, model_aliases: aliases }) };
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit ${editing.group_name}` : t`Create Access Group`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} fields={IDS} />
          {!editing && (
            <TextInput id={IDS.group_name} label={t`Group name`} description={t`Lowercase and hyphens, such as starter-models`} placeholder="starter-models" required data-autofocus spellCheck={false} autoComplete="off" value={name} error={submit.of('group_name')} onChange={(event) => setName(event.currentTarget.value)} classNames={{ input: 'mono' }} />
          )}
          {editing && <TextInput id={IDS.display_name} label={t`Display name`} placeholder={editing.group_name} value={displayName} error={submit.of('display_name')} onChange={(event) => setDisplayName(event.currentTarget.value)} />}
          <Textarea id={IDS.description} label={t`Description`} autosize minRows={2} value={description} error={submit.of('description')} onChange={(event) => setDescription(event.currentTarget.value)} />
          {!editing && <AliasPicker id={IDS.model_aliases} label={t`Aliases`} description={t`More can be added at any time`} value={aliases} onChange={setAliases} error={submit.of('model_aliases')} />}
          <FormButtons submit={editing ? t`Save` : t`Create`} busy={submit.busy} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Drawer>
  );
}
