// How long the calls of an alias took in the last 30 days, and how many failed: columns that are fetched once they are shown.
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Alias, UsageRow } from '../../api/types';
import { daysBefore, duration, percent } from '../../elements/format';
import { MOST_ROWS } from './month';
import { MONTH } from './queries';

/** The sums of the same days by alias, read once a column of them is shown. */
function useTotal(id: string): UsageRow | undefined {
  const from = daysBefore(MONTH - 1);
  const read = useQuery({
    queryKey: ['alias-usage', 'totals', from],
    staleTime: 60_000,
    queryFn: async () => {
      const report = await answer(api.GET('/api/usage', { params: { query: { from, group_by: 'alias', limit: MOST_ROWS } } }));
      return new Map(report.rows.map((row) => [row.group_id, row]));
    },
  });
  return read.data?.get(id);
}

export function LatencyOfMonth({ alias }: { alias: Alias }) {
  const times = useTotal(alias.id)?.latency_ms;
  return <span title={times ? `p50 ${duration(times.p50)}, p99 ${duration(times.p99)}` : undefined}>{times ? duration(times.p95) : '–'}</span>;
}

export function ErrorsOfMonth({ alias }: { alias: Alias }) {
  const total = useTotal(alias.id);
  return <>{total && total.calls > 0 ? percent(total.failed / total.calls, 1) : '–'}</>;
}
