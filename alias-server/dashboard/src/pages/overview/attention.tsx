// What needs somebody: each line says what it is and leads to where it is put right.
import { Anchor, Skeleton, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { LowTeam } from '../../api/types';
import { Credits } from '../../elements/credits';
import { count, daysBefore } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { Panel } from '../../elements/panel';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';

interface Point {
  key: string;
  text: ReactNode;
  to: string;
  action: string;
}

export function Attention({ low, unpriced }: { low: LowTeam[]; unpriced: number }) {
  const { may } = useSession();
  const counts = useQuery({
    queryKey: ['overview', 'attention'],
    enabled: may('readCatalog'),
    queryFn: async () => {
      const total = async (query: { unused_since?: string; active?: boolean; deprecated?: boolean }) => (await answer(api.GET('/api/model-aliases', { params: { query: { ...query, limit: 1 } } }))).total;
      const [unused, disabled, deprecated] = await Promise.all([total({ unused_since: daysBefore(30), active: true }), total({ active: false }), total({ deprecated: true })]);
      return { unused, disabled, deprecated };
    },
  });
  if (counts.error) {
    return (
      <Panel title={t`Needs attention`}>
        <LoadError what={t`what needs attention`} error={counts.error} onRetry={() => void counts.refetch()} />
      </Panel>
    );
  }
  if (counts.isLoading) {
    return (
      <Panel title={t`Needs attention`}>
        <Skeleton height={60} role="status" aria-label={t`Loading what needs attention`} />
      </Panel>
    );
  }
  const points: Point[] = [
    ...low.map((team) => ({ key: team.team_id, text: <>{t`${<b>{team.team_id}</b>} has ${<Credits of={team.credits_remaining} />} of ${<Credits of={team.credits_allocated} />} credits left`}</>, to: `/teams/${encodeURIComponent(team.team_id)}`, action: t`Open` })),
    ...(unpriced > 0 ? [{ key: 'unpriced', text: plural(unpriced, '# call of the last 7 days had no price', '# calls of the last 7 days had no price'), to: '/usage', action: t`Review` }] : []),
    ...(counts.data?.unused ? [{ key: 'unused', text: plural(counts.data.unused, '# active alias unused for 30 days', '# active aliases unused for 30 days'), to: '/aliases?unused=1&status=active', action: t`Review` }] : []),
    ...(counts.data?.deprecated ? [{ key: 'deprecated', text: plural(counts.data.deprecated, '# alias on the way out', '# aliases on the way out'), to: '/aliases?status=deprecated', action: t`Review` }] : []),
    ...(counts.data?.disabled ? [{ key: 'disabled', text: t`${count(counts.data.disabled)} disabled`, to: '/aliases?status=disabled', action: t`Review` }] : []),
  ];
  return (
    <Panel title={t`Needs attention`}>
      {points.length === 0 ? (
        <div className="line">
          <Text size="sm" style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            <IconCircleCheck size={18} color="var(--alias-good)" aria-hidden /> {t`Nothing needs you now.`}
          </Text>
        </div>
      ) : (
        <ul className="list-plain">
          {points.map((point) => (
            <li key={point.key} className="line">
              <span className="break">{point.text}</span>
              <Anchor component={Link} to={point.to} size="sm">
                {point.action}
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
