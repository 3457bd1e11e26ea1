// Pausing, suspending and resuming a team: what its clients get meanwhile, and why it is done.
import { Select, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Team } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done, undoable } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { t } from '../../words';
import { of, teamsChanged } from './queries';

export type Standing = 'active' | 'paused' | 'suspended';

const WORDS = {
  active: { title: (team: string) => t`Resume ${team}?`, submit: t`Resume team`, past: (team: string) => t`Resumed ${team}`, what: t`Its clients can call again from the next call on.` },
  paused: { title: (team: string) => t`Pause ${team}?`, submit: t`Pause team`, past: (team: string) => t`Paused ${team}`, what: t`Its clients get 429 until it is resumed, or until the time that you choose; well-behaved ones wait.` },
  suspended: { title: (team: string) => t`Suspend ${team}?`, submit: t`Suspend team`, past: (team: string) => t`Suspended ${team}`, what: t`Its clients get 403 until it is resumed.` },
};

const PATHS = { active: '/api/teams/{team}/resume', paused: '/api/teams/{team}/pause', suspended: '/api/teams/{team}/suspend' } as const;

const UNTIL = [
  { value: '', label: t`Until somebody resumes it` },
  { value: '1', label: t`For an hour` },
  { value: '24', label: t`For a day` },
  { value: '168', label: t`For a week` },
];

export function StandingDialog({ team, next, onClose }: { team: Team; next: Standing; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('');
  const to: Standing = next in WORDS ? next : 'active';
  const words = WORDS[to];
  const bodyOf = () => {
    const until = to === 'paused' && hours ? new Date(Date.now() + Number(hours) * 3_600_000).toISOString().replace(/\.\d+Z/, 'Z') : undefined;
    return { reason: reason || undefined, pause_until: until };
  };
  const submit = useSubmit(async () => {
    await answer(api.POST(PATHS[to], { params: of(team.team_id), body: bodyOf() }));
    const message = words.past(team.team_id);
    if (to === 'active') done(message);
    else {
      undoable(message, async () => {
        await answer(api.POST(PATHS.active, { params: of(team.team_id), body: {} }));
        await teamsChanged(client);
      });
    }
    await teamsChanged(client);
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={words.title(team.team_id)}>
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm">{words.what}</Text>
          {to === 'paused' && <Select label={t`How long`} data={UNTIL} value={hours} allowDeselect={false} onChange={(value) => setHours(value ?? '')} />}
          <TextInput label={t`Reason`} description={t`Shown on the team’s page, and in the activity log`} data-autofocus value={reason} error={submit.of('reason')} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={words.submit} danger={to !== 'active'} busy={submit.busy} onCancel={onClose} curl={() => ({ method: 'POST', path: PATHS[to].replace('{team}', encodeURIComponent(team.team_id)), body: bodyOf() })} />
        </Stack>
      </form>
    </Modal>
  );
}
