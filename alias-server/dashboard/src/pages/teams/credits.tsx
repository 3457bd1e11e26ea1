// A team's credits: what is left, and adding some.
import { Button, Text } from '@mantine/core';

import type { Team } from '../../api/types';
import { Credits } from '../../elements/credits';
import { CreditsBar } from '../../elements/credits-bar';
import { lazily } from '../../elements/lazily';
import { Panel } from '../../elements/panel';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { MODES } from './limits';
import { Refill } from './refill';

const AddCredits = lazily(async () => (await import('./add-credits')).AddCredits);

export function CreditsPanel({ team }: { team: Team }) {
  const { may } = useSession();
  const add = useOverlay('credits');
  return (
    <Panel
      title={t`Credits`}
      actions={
        may('allocateCredits') && (
          <Button size="xs" variant="default" onClick={() => add.open()}>
            {t`Add credits`}
          </Button>
        )
      }
    >
      <CreditsBar remaining={team.credits_remaining} allocated={team.credits_allocated} />
      <Text size="sm" c="dimmed" mt="sm">
        {t`${<Credits of={team.credits_used} />} used`} · {t`charged ${MODES[team.budget_mode] ?? team.budget_mode}`}
        {team.cost_markup_percentage > 0 && <> · {t`${team.cost_markup_percentage} % markup`}</>}
      </Text>
      <Refill team={team} />
      {add.opened && may('allocateCredits') && <AddCredits team={team} onClose={add.close} />}
    </Panel>
  );
}
