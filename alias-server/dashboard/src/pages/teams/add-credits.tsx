// Adding credits to a team, with what for.
import { NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Team } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { exactCredits } from '../../elements/format';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { t } from '../../words';
import { teamsChanged } from './queries';

export function AddCredits({ team, onClose }: { team: Team; onClose: () => void }) {
  const client = useQueryClient();
  const [amount, setAmount] = useState<string | number>('');
  const [description, setDescription] = useState('');
  const once = useOnce();
  const body = { team_id: team.team_id, amount: Number(amount), description: description || undefined };
  const submit = useSubmit(async () => {
    const added = await once(body, (header) => answer(api.POST('/api/credits/add', { params: { header }, body })));
    done(t`Added ${exactCredits(added.credits_added)} credits; ${exactCredits(added.credits_remaining)} are left`);
    await teamsChanged(client);
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t`Add credits to ${team.team_id}`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <NumberInput label={t`Credits`} required min={0} thousandSeparator="," data-autofocus value={amount} error={submit.of('amount')} onChange={setAmount} />
          <TextInput label={t`What for`} value={description} error={submit.of('description')} onChange={(event) => setDescription(event.currentTarget.value)} />
          {Number(amount) > 0 && (
            <Text size="sm" role="status" className="number">
              {t`${exactCredits(team.credits_remaining)} → ${exactCredits(team.credits_remaining + Number(amount))} left`}
            </Text>
          )}
          <FormButtons submit={t`Add credits`} busy={submit.busy} disabled={!(Number(amount) > 0)} onCancel={onClose} curl={() => ({ method: 'POST', path: '/api/credits/add', body })} />
        </Stack>
      </form>
    </Modal>
  );
}
