// Deleting a team: its keys end, its books stay.
import { Alert, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Team } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { Credits } from '../../elements/credits';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { plural, t } from '../../words';
import { of, teamsChanged, useKeys } from './queries';

export function DeleteTeam({ team, onClose, onDeleted }: { team: Team; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const keys = useKeys(team.team_id);
  const [typed, setTyped] = useState('');
  const submit = useSubmit(async () => {
    await answer(api.DELETE('/api/teams/{team}', { params: of(team.team_id) }));
    done(t`Deleted ${team.team_id}`);
    onClose();
    onDeleted();
    await teamsChanged(client);
  });
  const used = team.usage_stats.total_calls;
  return (
    <Modal opened onClose={onClose} title={t`Delete ${team.team_id}?`} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="sm">
          <FormError error={submit.error} />
          <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
            <Text size="sm">
              {keys.data && <>{plural(keys.data.keys.length, '# key ends with the next call.', '# keys end with the next call.')} </>}
              {t`${<Credits of={team.credits_remaining} />} credits are left and go with it.`} {plural(used, 'It made # call in all; what they cost stays in the books.', 'It made # calls in all; what they cost stays in the books.')}
            </Text>
          </Alert>
          <Text size="sm">{t`A deleted team cannot be restored. Suspending it stops its calls, too, and can be taken back.`}</Text>
          <TextInput label={t`Type ${team.team_id} to delete it`} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} classNames={{ input: 'mono' }} />
          <FormButtons submit={t`Delete team`} danger busy={submit.busy} disabled={typed !== team.team_id} onCancel={onClose} cancelFirst curl={() => ({ method: 'DELETE', path: `/api/teams/${encodeURIComponent(team.team_id)}` })} />
        </Stack>
      </form>
    </Modal>
  );
}
