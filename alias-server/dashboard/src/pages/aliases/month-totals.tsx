// How long the calls of an alias took in the last 30 days, and how many failed: columns that are fetched once they are shown.
import type { Alias, UsageRow } from '../../api/types';
import { duration, percent } from '../../elements/format';
import { t } from '../../words';
import { useTotals } from './month';

type Total = { row?: UsageRow } | { none: string };

function useTotal(id: string): Total {
  const { data, error } = useTotals();
  if (!data) return { none: error ? t`not read` : '–' };
  const row = data.rows.find((one) => one.group_id === id);
  return row || !data.has_more ? { row } : { none: t`not read` };
}

export function LatencyOfMonth({ alias }: { alias: Alias }) {
  const total = useTotal(alias.id);
  if ('none' in total) return <span className="dim">{total.none}</span>;
  const times = total.row?.latency_ms;
  return <span title={times ? `p50 ${duration(times.p50)}, p99 ${duration(times.p99)}` : undefined}>{times ? duration(times.p95) : '–'}</span>;
}

export function ErrorsOfMonth({ alias }: { alias: Alias }) {
  const total = useTotal(alias.id);
  if ('none' in total) return <span className="dim">{total.none}</span>;
  const { row } = total;
  return <>{row && row.calls > 0 ? percent(row.failed / row.calls, 1) : '–'}</>;
}
