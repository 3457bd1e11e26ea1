// The sums of a report, and how they differ from the period before.
import type { ReactNode } from 'react';

import type { UsageRow } from '../../api/types';
import { count, duration, money, percent, tokens } from '../../elements/format';
import { Figure } from '../../elements/panel';
import { plural, t } from '../../words';
import { changeOf } from './change';

const tokensOf = (row: UsageRow) => row.input_tokens + row.output_tokens;

/** `p50 820 ms · first token 300 ms`. */
const timesNote = (row: UsageRow): string => [`p50 ${duration(row.latency_ms?.p50 ?? 0)}`, row.first_token_ms && t`first token ${duration(row.first_token_ms.p50)}`].filter(Boolean).join(' · ');

interface Props {
  rows: UsageRow[];
  before: UsageRow[] | undefined;
  /** All calls together: times do not add up. */
  whole: UsageRow | undefined;
}

export function Sums({ rows, before, whole }: Props) {
  const sum = (of: (row: UsageRow) => number, all = rows) => all.reduce((total, row) => total + of(row), 0);
  const calls = sum((row) => row.calls);
  const failed = sum((row) => row.failed);
  const unpriced = sum((row) => row.unpriced_calls);
  const cost = sum((row) => row.cost_usd);
  const billed = sum((row) => row.billed_usd);
  const figure = (label: string, of: (row: UsageRow) => number, write: (value: number) => string, note: ReactNode) => {
    const change = changeOf({ now: sum(of), before: before && sum(of, before), write });
    return (
      <div className="panel pad">
        <Figure label={label} value={write(sum(of))} note={<>{note}{change && <span style={{ display: 'block' }}>{change}</span>}</>} />
      </div>
    );
  };
  return (
    <div className="grid-4">
      {figure(t`Calls`, (row) => row.calls, count, calls > 0 ? t`${percent(failed / calls, 1)} failed` : t`none`)}
      {figure(t`Spend`, (row) => row.cost_usd, money, unpriced > 0 ? plural(unpriced, '# unpriced call', '# unpriced calls') : t`all priced`)}
      {figure(t`Billed`, (row) => row.billed_usd, money, billed > 0 ? t`${percent((billed - cost) / billed)} margin` : null)}
      {figure(t`Tokens`, tokensOf, tokens, t`${tokens(sum((row) => row.output_tokens))} of them output`)}
      <div className="panel pad">
        <Figure label={t`p95 latency`} value={whole?.latency_ms ? duration(whole.latency_ms.p95) : '–'} note={whole?.latency_ms ? timesNote(whole) : t`of no call`} />
      </div>
    </div>
  );
}
