// Setting up the refill of a team, and ending it.
import { Button, NumberInput, Select, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { AutoRefill, Team } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done, failed } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { ZONES } from '../../elements/zones';
import { t } from '../../words';
import { of } from './queries';
import { PERIODS, UNUSED } from './refill';

export function RefillForm({ team, now, onClose }: { team: Team; now: AutoRefill; onClose: () => void }) {
  const client = useQueryClient();
  const [amount, setAmount] = useState<string | number>(now.refill_amount ?? '');
  const [period, setPeriod] = useState<NonNullable<AutoRefill['refill_period']>>(now.refill_period ?? 'monthly');
  const [zone, setZone] = useState(now.time_zone ?? 'UTC');
  const [unused, setUnused] = useState<NonNullable<AutoRefill['unused']>>(now.unused ?? 'keep');
  const body = { enabled: true, refill_amount: Number(amount), refill_period: period, time_zone: zone, unused };
  const changed = async (message: string) => {
    done(message);
    await client.invalidateQueries({ queryKey: ['team', team.team_id] });
    onClose();
  };
  const submit = useSubmit(async () => {
    await answer(api.POST('/api/credits/teams/{team}/configure-auto-refill', { params: of(team.team_id), body }));
    await changed(t`${team.team_id} is refilled from now on`);
  });
  const end = async () => {
    try {
      await answer(api.DELETE('/api/credits/teams/{team}/configure-auto-refill', { params: of(team.team_id) }));
      await changed(t`The refill of ${team.team_id} has ended`);
    } catch (error) {
      failed(t`Ending the refill`, error);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t`Refill of ${team.team_id}`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <NumberInput label={t`Credits`} required min={0} thousandSeparator="," data-autofocus value={amount} error={submit.of('refill_amount')} onChange={setAmount} />
          <Select label={t`How often`} data={PERIODS} value={period} allowDeselect={false} error={submit.of('refill_period')} onChange={(value) => setPeriod((value ?? 'monthly') as typeof period)} />
          <Select label={t`Time zone`} description={t`Its days, weeks and months begin there`} searchable data={ZONES} value={zone} allowDeselect={false} error={submit.of('time_zone')} onChange={(value) => setZone(value ?? 'UTC')} />
          <Select label={t`What is left then`} data={UNUSED} value={unused} allowDeselect={false} error={submit.of('unused')} onChange={(value) => setUnused((value ?? 'keep') as typeof unused)} />
          <FormButtons submit={t`Save`} busy={submit.busy} disabled={!(Number(amount) > 0)} onCancel={onClose} curl={() => ({ method: 'POST', path: `/api/credits/teams/${encodeURIComponent(team.team_id)}/configure-auto-refill`, body })}>
            {now.enabled && (
              <Button variant="default" c="var(--alias-bad)" onClick={() => void end()}>
                {t`End it`}
              </Button>
            )}
          </FormButtons>
        </Stack>
      </form>
    </Modal>
  );
}
