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

/** A report that is not grouped: one row, or none where there was no call. */
type Whole = UsageRow[];

interface Props {
  whole: Whole;
  /** None where it was not asked for. */
  before: Whole | undefined;
}

export function Sums({ whole: [whole], before }: Props) {
  const calls = whole?.calls ?? 0;
  const unpriced = whole?.unpriced_calls ?? 0;
  const cost = whole?.cost_usd ?? 0;
  const billed = whole?.billed_usd ?? 0;
  const figure = (label: string, of: (row: UsageRow) => number, write: (value: number) => string, note: ReactNode) => {
    const valueOf = (row: UsageRow | undefined) => (row ? of(row) : 0);
    const change = changeOf({ now: valueOf(whole), before: before && valueOf(before[0]), write });
    return (
      <div className="panel pad">
        <Figure label={label} value={write(whole ? of(whole) : 0)} note={<>{note}{change && <span style={{ display: 'block' }}>{change}</span>}</>} />
      </div>
    );
  };
  return (
    <div className="grid-4">
      {figure(t`Calls`, (row) => row.calls, count, calls > 0 ? t`${percent((whole?.failed ?? 0) / calls, 1)} failed` : t`none`)}
      {figure(t`Spend`, (row) => row.cost_usd, money, unpriced > 0 ? plural(unpriced, '# unpriced call', '# unpriced calls') : t`all priced`)}
      {figure(t`Billed`, (row) => row.billed_usd, money, billed > 0 ? t`${percent((billed - cost) / billed)} margin` : null)}
      {figure(t`Tokens`, tokensOf, tokens, t`${tokens(whole?.output_tokens ?? 0)} of them output`)}
      <div className="panel pad">
        <Figure label={t`p95 latency`} value={whole?.latency_ms ? duration(whole.latency_ms.p95) : '–'} note={whole?.latency_ms ? timesNote(whole) : t`of no call`} />
      </div>
    </div>
  );
}
