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
import { of, teamsChanged } from './queries';

export type Standing = 'active' | 'paused' | 'suspended';

const WORDS = {
  active: { verb: 'Resume', past: 'Resumed', what: 'Its clients can call again from the next call on.' },
  paused: { verb: 'Pause', past: 'Paused', what: 'Its clients get 429 until it is resumed, or until the time that you choose; well-behaved ones wait.' },
  suspended: { verb: 'Suspend', past: 'Suspended', what: 'Its clients get 403 until it is resumed.' },
};

const PATHS = { active: '/api/teams/{team}/resume', paused: '/api/teams/{team}/pause', suspended: '/api/teams/{team}/suspend' } as const;

const UNTIL = [
  { value: '', label: 'Until somebody resumes it' },
  { value: '1', label: 'For an hour' },
  { value: '24', label: 'For a day' },
  { value: '168', label: 'For a week' },
];

export function StandingDialog({ team, next, onClose }: { team: Team; next: Standing; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('');
  const to: Standing = next in WORDS ? next : 'active';
  const words = WORDS[to];
  const submit = useSubmit(async () => {
    const until = to === 'paused' && hours ? new Date(Date.now() + Number(hours) * 3_600_000).toISOString().replace(/\.\d+Z/, 'Z') : undefined;
    await answer(api.POST(PATHS[to], { params: of(team.team_id), body: { reason: reason || undefined, pause_until: until } }));
    const message = `${words.past} ${team.team_id}`;
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
    <Modal opened onClose={onClose} title={`${words.verb} ${team.team_id}?`}>
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm">{words.what}</Text>
          {to === 'paused' && <Select label="How long" data={UNTIL} value={hours} allowDeselect={false} onChange={(value) => setHours(value ?? '')} />}
          <TextInput label="Reason" description="Shown on the team’s page, and in the activity log" data-autofocus value={reason} error={submit.of('reason')} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={`${words.verb} team`} danger={to !== 'active'} busy={submit.busy} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
