// Deleting an access group: which teams lose what.
import { Alert, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Group } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { counted } from '../../elements/format';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { groupsChanged } from './queries';

export function DeleteGroup({ group, onClose, onDeleted }: { group: Group; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const name = group.group_name;
  const used = group.team_count > 0;
  const submit = useSubmit(async () => {
    await answer(api.DELETE('/api/model-access-groups/{group}', { params: { path: { group: name } } }));
    done(`Deleted ${name}`);
    onClose();
    onDeleted();
    await groupsChanged(client);
  });
  return (
    <Modal opened onClose={onClose} title={`Delete ${name}?`} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="sm">
          <FormError error={submit.error} />
          <Alert variant="outline" color={used ? 'yellow' : 'gray'} icon={<IconAlertTriangle size={20} />}>
            <Text size="sm">
              {used
                ? `${counted(group.team_count, 'team')} ${group.team_count === 1 ? 'loses' : 'lose'} ${counted(group.model_count, 'alias', 'aliases')}, except those that another group gives: ${group.teams_with_access.join(', ')}.`
                : 'No team has this group.'}
            </Text>
          </Alert>
          <Text size="sm">The aliases themselves stay. A deleted group cannot be restored.</Text>
          {used && <TextInput label={`Type ${name} to delete it: it is in use`} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} classNames={{ input: 'mono' }} />}
          <FormButtons submit="Delete group" danger busy={submit.busy} disabled={used && typed !== name} onCancel={onClose} cancelFirst curl={() => ({ method: 'DELETE', path: `/api/model-access-groups/${encodeURIComponent(name)}` })} />
        </Stack>
      </form>
    </Modal>
  );
}
