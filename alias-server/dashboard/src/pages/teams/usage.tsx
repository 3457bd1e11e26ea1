// What a team used in the last days, by alias.
import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { Team } from '../../api/types';
import { Chart } from '../../elements/chart';
import { count, daysBefore } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { pointsOf, writePeriod } from '../../elements/periods';
import { t } from '../../words';
import { seriesOf } from '../usage/series';
import { TooMany } from '../usage/too-many';
import { UsageTable } from '../usage/usage-table';
import { aliasPath } from '../aliases/queries';

const DAYS = 30;

export function TeamUsage({ team }: { team: Team }) {
  const base = { from: daysBefore(DAYS - 1), group_by: 'alias', team: team.team_id };
  const byDay = useQuery({ queryKey: ['usage', 'team', team.team_id, 'day'], queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...base, interval: 'day', limit: 10_000 } } })) });
  const byAlias = useQuery({ queryKey: ['usage', 'team', team.team_id], queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...base, limit: 1_000 } } })) });
  return (
    <Stack>
      <div className="panel" style={{ padding: 16 }}>
        <Loaded query={byDay} what={t`its usage`} height={260}>
          {(report) => {
            const { series, keyOf } = seriesOf(report.rows, (row) => row.calls);
            const points = pointsOf(report, 'day', (row) => [[keyOf(row), row.calls]]);
            return (
              <>
                <Chart title={t`Calls by alias, last ${DAYS} days`} points={points} series={series} write={count} writePeriod={writePeriod} />
                {report.has_more && <TooMany shorter={false} />}
              </>
            );
          }}
        </Loaded>
      </div>
      <Panel title={t`By alias`} actions={<Anchor component={Link} to={`/usage?team=${encodeURIComponent(team.team_id)}`} size="sm">{t`Open in Usage`}</Anchor>}>
        <Loaded query={byAlias} what={t`usage by alias`}>
          {(report) => (report.rows.length === 0 ? <Text size="sm" c="dimmed">{t`No calls in the last ${DAYS} days.`}</Text> : <UsageTable rows={report.rows} head={t`Alias`} link={(row) => aliasPath(row.group ?? '')} />)}
        </Loaded>
      </Panel>
    </Stack>
  );
}
