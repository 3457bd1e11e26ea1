// What a chart of usage can show.
import type { UsageRow } from '../../api/types';
import { compact, money, tokens } from '../../elements/format';

export interface Measure {
  label: string;
  of: (row: UsageRow) => number;
  write: (value: number) => string;
}

export const MEASURES: Record<string, Measure> = {
  calls: { label: 'Calls', of: (row) => row.calls, write: compact },
  spend: { label: 'Spend', of: (row) => row.cost_usd, write: money },
  billed: { label: 'Billed', of: (row) => row.billed_usd, write: money },
  tokens: { label: 'Tokens', of: (row) => row.input_tokens + row.output_tokens, write: tokens },
  errors: { label: 'Failed calls', of: (row) => row.failed, write: compact },
};

export const measureOf = (name: string): [string, Measure] => {
  const known = name in MEASURES ? name : 'calls';
  return [known, MEASURES[known] as Measure];
};
