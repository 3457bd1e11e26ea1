// Credits that a team is given by itself, once in every day, week or month of its time zone.
import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { AutoRefill, Team } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { credits } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { done, failed } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useSubmit } from '../../elements/use-submit';
import { ZONES } from '../../elements/zones';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { of } from './queries';

const PERIODS = [
  { value: 'daily', label: t`every day` },
  { value: 'weekly', label: t`every week` },
  { value: 'monthly', label: t`every month` },
];

const UNUSED = [
  { value: 'keep', label: t`stays` },
  { value: 'expire', label: t`expires` },
];

const said = (choices: { value: string; label: string }[], value: string | null | undefined) => choices.find((one) => one.value === value)?.label ?? value;

export function Refill({ team }: { team: Team }) {
  const { may } = useSession();
  const form = useOverlay('refill');
  const read = useQuery({ queryKey: ['team', team.team_id, 'refill'], queryFn: () => answer(api.GET('/api/credits/teams/{team}/configure-auto-refill', { params: of(team.team_id) })) });
  return (
    <Loaded query={read} what={t`its refill`} height={24}>
      {(refill) => (
        <Group justify="space-between" mt="xs" gap="xs">
          <Text size="sm" c="dimmed">
            {refill.enabled ? (
              <>
                {t`${credits(refill.refill_amount ?? 0)} more ${said(PERIODS, refill.refill_period)} (${refill.time_zone}), next ${<Time at={refill.next_refill_at} />}; what is left ${said(UNUSED, refill.unused)}`}
              </>
            ) : (
              t`No refill: credits are added by hand`
            )}
          </Text>
          {may('allocateCredits') && (
            <Button size="compact-sm" variant="default" onClick={() => form.open()}>
              {refill.enabled ? t`Change refill` : t`Set up a refill`}
            </Button>
          )}
          {form.opened && may('allocateCredits') && <RefillForm team={team} now={refill} onClose={form.close} />}
        </Group>
      )}
    </Loaded>
  );
}

function RefillForm({ team, now, onClose }: { team: Team; now: AutoRefill; onClose: () => void }) {
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
