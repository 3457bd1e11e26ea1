// What a chart of usage can show.
import type { Percentiles, UsageRow } from '../../api/types';
import { compact, duration, money, tokens } from '../../elements/format';
import { t } from '../../words';

export interface Measure {
  label: string;
  of: (row: UsageRow) => number;
  write: (value: number) => string;
  /** Times do not add up: they are lines of all calls together, and not parts of a sum. */
  times?: (row: UsageRow) => Percentiles | null | undefined;
}

export const MEASURES: Record<string, Measure> = {
  calls: { label: t`Calls`, of: (row) => row.calls, write: compact },
  spend: { label: t`Spend`, of: (row) => row.cost_usd, write: money },
  billed: { label: t`Billed`, of: (row) => row.billed_usd, write: money },
  tokens: { label: t`Tokens`, of: (row) => row.input_tokens + row.output_tokens, write: tokens },
  errors: { label: t`Failed calls`, of: (row) => row.failed, write: compact },
  latency: { label: t`Latency`, of: (row) => row.latency_ms?.p95 ?? 0, write: duration, times: (row) => row.latency_ms },
  first_token: { label: t`Time to first token`, of: (row) => row.first_token_ms?.p95 ?? 0, write: duration, times: (row) => row.first_token_ms },
};

export const measureOf = (name: string): [string, Measure] => {
  const known = name in MEASURES ? name : 'calls';
  return [known, MEASURES[known] as Measure];
};
