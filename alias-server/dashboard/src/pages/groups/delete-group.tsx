// Deleting an access group: which teams lose what.
import { Alert, List, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Group, Impact } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { Loaded } from '../../elements/loaded';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { plural, t } from '../../words';
import { groupsChanged } from './queries';

export function DeleteGroup({ group, onClose, onDeleted }: { group: Group; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const name = group.group_name;
  const used = group.team_count > 0;
  const impact = useQuery({
    queryKey: ['impact', 'group', name, group.version],
    queryFn: () => answer(api.GET('/api/model-access-groups/{group}/impact', { params: { path: { group: name }, query: { action: 'delete' } } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const submit = useSubmit(async () => {
    try {
      await answer(api.DELETE('/api/model-access-groups/{group}', { params: { path: { group: name }, query: { impact_token: impact.data?.impact_token } } }));
    } catch (error) {
      // Something else would come of it by now: that is shown before it is tried again.
      void impact.refetch();
      throw error;
    }
    done(t`Deleted ${name}`);
    onClose();
    onDeleted();
    await groupsChanged(client);
  });
  return (
    <Modal opened onClose={onClose} title={t`Delete ${name}?`} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="sm">
          <FormError error={submit.error} />
          <Loaded query={impact} what={t`who would be affected`}>
            {(data) => <Losses impact={data} />}
          </Loaded>
          <Text size="sm">{t`The aliases themselves stay. A deleted group cannot be restored.`}</Text>
          {used && <TextInput label={t`Type ${name} to delete it: it is in use`} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} classNames={{ input: 'mono' }} />}
          <FormButtons submit={t`Delete group`} danger busy={submit.busy} disabled={!impact.data || (used && typed !== name)} onCancel={onClose} cancelFirst curl={() => ({ method: 'DELETE', path: `/api/model-access-groups/${encodeURIComponent(name)}` })} />
        </Stack>
      </form>
    </Modal>
  );
}

/** Only names that no other group gives are lost. */
function Losses({ impact }: { impact: Impact }) {
  const losers = impact.teams.filter((team) => team.loses.length > 0);
  const calls = losers.reduce((sum, team) => sum + team.last_7_days.calls, 0);
  if (losers.length === 0) {
    return (
      <Alert variant="outline" color="gray" icon={<IconAlertTriangle size={20} />}>
        <Text size="sm">{t`No team loses an alias.`}</Text>
      </Alert>
    );
  }
  return (
    <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
      <Text size="sm" fw={600}>
        {plural(losers.length, '# team loses access to aliases that no other group gives.', '# teams lose access to aliases that no other group gives.')}
      </Text>
      <Text size="sm">{calls > 0 ? plural(calls, 'They called them # time in the last 7 days.', 'They called them # times in the last 7 days.') : t`They did not call them in the last 7 days.`}</Text>
      <List size="sm" mah={200} style={{ overflowY: 'auto' }} tabIndex={0}>
        {losers.map((team) => (
          <List.Item key={team.team_id} className="break">
            {team.team_id}: {team.loses.join(', ')}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
