// The drawer that creates an access group, or edits what it says of itself.
import { Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Group } from '../../api/types';
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
import { AliasPicker } from './alias-picker';
import { fetchGroup, groupsChanged } from './queries';

const IDS = { group_name: 'group-name', description: 'group-description', display_name: 'group-display', model_aliases: 'group-aliases' };

const fieldsOf = (one: Group | undefined) => ({ description: one?.description ?? '', display_name: one && one.display_name !== one.group_name ? one.display_name : '' });

export function GroupForm({ editing, onClose }: { editing?: Group; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(editing?.group_name ?? '');
  const { fields, set, edit, save, put } = useEdited(editing, fieldsOf);
  const { description, display_name } = fields;
  const once = useOnce();
  const [aliases, setAliases] = useState<string[]>([]);
  const draft = { group_name: name.trim(), description, model_aliases: aliases };
  const body = { ...edit, ...('display_name' in edit ? { display_name: display_name || null } : {}) };
  const submit = useSubmit(async () => {
    if (editing) {
      const path = { group: editing.group_name };
      await save(
        (_, header) => answer(api.PUT('/api/model-access-groups/{group}', { params: { path, header }, body })),
        () => fetchGroup(editing.group_name),
      );
    } else {
      await once(draft, (header) => answer(api.POST('/api/model-access-groups/create', { params: { header }, body: draft })));
    }
    done(editing ? t`Saved ${editing.group_name}` : t`Created ${draft.group_name}`);
    await groupsChanged(client);
    onClose();
  });
  const curl = () =>
    editing
      ? put(`/api/model-access-groups/${encodeURIComponent(editing.group_name)}`, body)
      : { method: 'POST', path: '/api/model-access-groups/create', body: draft, cli: aliasctl(['group', 'create', draft.group_name, ...aliases], { '-d': description }), file: fileOf('access_groups', draft.group_name, { description, model_aliases: aliases }) };
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit ${editing.group_name}` : t`Create Access Group`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} fields={IDS} />
          <ManagedNote by={editing?.managed_by} />
          {!editing && (
            <TextInput id={IDS.group_name} label={t`Group name`} description={t`Lowercase and hyphens, such as starter-models`} placeholder="starter-models" required data-autofocus spellCheck={false} autoComplete="off" value={name} error={submit.of('group_name')} onChange={(event) => setName(event.currentTarget.value)} classNames={{ input: 'mono' }} />
          )}
          {editing && <TextInput id={IDS.display_name} label={t`Display name`} placeholder={editing.group_name} value={display_name} error={submit.of('display_name')} onChange={(event) => set('display_name', event.currentTarget.value)} />}
          <Textarea id={IDS.description} label={t`Description`} autosize minRows={2} value={description} error={submit.of('description')} onChange={(event) => set('description', event.currentTarget.value)} />
          {!editing && <AliasPicker id={IDS.model_aliases} label={t`Aliases`} description={t`More can be added at any time`} value={aliases} onChange={setAliases} error={submit.of('model_aliases')} />}
          <FormButtons submit={editing ? t`Save` : t`Create`} busy={submit.busy} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Drawer>
  );
}
