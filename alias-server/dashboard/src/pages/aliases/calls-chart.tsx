// The calls of an alias over time, with its switches as marks, and how long they took.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Alias } from '../../api/types';
import { Chart, COLOURS, FAILED } from '../../elements/chart';
import { count, daysBefore, duration } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { type Interval, pointsOf, writePeriod } from '../../elements/periods';
import { t } from '../../words';
import { useHistory } from './queries';

export function CallsChart({ alias, days }: { alias: Alias; days: number }) {
  const interval: Interval = days <= 2 ? 'hour' : 'day';
  const usage = useQuery({
    queryKey: ['alias-usage', alias.alias, 'calls', days],
    queryFn: () =>
      answer(api.GET('/api/model-aliases/{alias}/usage', { params: { path: { alias: alias.alias }, query: { from: daysBefore(days - 1), interval, limit: 10_000 } } })),
  });
  const history = useHistory(alias.alias);
  const from = daysBefore(days - 1);
  const markers = (history.data?.versions ?? [])
    .filter((one) => 'litellm_model' in one.change && one.version > 1 && one.effective_at >= from)
    .map((one) => ({ period: one.effective_at.slice(0, interval === 'hour' ? 13 : 10), label: one.kind === 'rollback' ? t`rolled back to version ${one.restored_from ?? '–'}` : t`target switched` }));
  return (
    <Loaded query={usage} what={t`its calls`} height={280}>
      {(report) => {
        const points = pointsOf(report, interval, (row) => [['answered', row.calls - row.failed], ['failed', row.failed]]);
        return (
          <>
            <Chart
              title={t`Calls, last ${days} days`}
              points={points}
              series={[
                { key: 'answered', name: t`Answered`, colour: COLOURS[0] ?? '' },
                { key: 'failed', name: t`Failed`, colour: FAILED },
              ]}
              write={count}
              writePeriod={writePeriod}
              markers={markers}
            />
            <Latency alias={alias.alias} days={days} />
          </>
        );
      }}
    </Loaded>
  );
}

/** `p50 820 ms · p95 2.1 s · p99 4.3 s · first token p95 300 ms`; nothing where nobody knows. */
function Latency({ alias, days }: { alias: string; days: number }) {
  const whole = useQuery({
    queryKey: ['alias-usage', alias, 'whole', days],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/usage', { params: { path: { alias }, query: { from: daysBefore(days - 1) } } })),
  });
  const row = whole.data?.rows[0];
  if (!row?.latency_ms) return null;
  const { p50, p95, p99 } = row.latency_ms;
  const parts = [`p50 ${duration(p50)}`, `p95 ${duration(p95)}`, `p99 ${duration(p99)}`, row.first_token_ms && t`first token p95 ${duration(row.first_token_ms.p95)}`];
  return (
    <Text size="sm" mt="xs" className="number">
      {parts.filter(Boolean).join(' · ')}
    </Text>
  );
}
