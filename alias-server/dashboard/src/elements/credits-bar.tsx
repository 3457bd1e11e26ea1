// How much of a team's credits is left, in numbers and as a bar.
import { Progress } from '@mantine/core';

import { t } from '../words';
import { Credits } from './credits';

interface Props {
  remaining: number;
  allocated: number;
}

export function CreditsBar({ remaining, allocated }: Props) {
  const share = allocated > 0 ? Math.max(0, Math.min(100, (100 * remaining) / allocated)) : 0;
  const colour = share > 25 ? 'teal' : share > 10 ? 'yellow' : 'red';
  return (
    <div style={{ minWidth: 110 }}>
      <Credits of={remaining} /> / <Credits of={allocated} />
      <Progress value={share} color={colour} size={5} mt={3} aria-label={t`${Math.round(share)} % of the credits left`} />
    </div>
  );
}
