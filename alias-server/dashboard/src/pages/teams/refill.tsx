// Credits that a team is given by itself, once in every day, week or month of its time zone.
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Team } from '../../api/types';
import { credits } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Loaded } from '../../elements/loaded';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { of } from './queries';

export const PERIODS = [
  { value: 'daily', label: t`every day` },
  { value: 'weekly', label: t`every week` },
  { value: 'monthly', label: t`every month` },
];

export const UNUSED = [
  { value: 'keep', label: t`stays` },
  { value: 'expire', label: t`expires` },
];

const said = (choices: { value: string; label: string }[], value: string | null | undefined) => choices.find((one) => one.value === value)?.label ?? value;

const RefillForm = lazily(async () => (await import('./refill-form')).RefillForm);

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

