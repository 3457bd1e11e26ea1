// What a canary is compared by, and what its guardrails say in words.
import type { Guardrails } from '../../api/types';
import { t } from '../../words';

export type Measure = Exclude<keyof Guardrails, 'min_calls' | 'window_seconds'>;

/** What is compared, in the order in which it is judged. */
export const MEASURES: { name: Measure; label: string; unit: string }[] = [
  { name: 'error_rate', label: t`Errors`, unit: t`percentage points more` },
  { name: 'p95_duration', label: t`Time to the end (p95)`, unit: t`% longer` },
  { name: 'p95_first_byte', label: t`Time to the first byte (p95)`, unit: t`% longer` },
  { name: 'output_tokens', label: t`Tokens of an answer`, unit: t`% more` },
  { name: 'cost', label: t`Cost of a call`, unit: t`% more` },
];

export const GUARDED: string[] = [...MEASURES.map((one) => one.name), 'min_calls', 'window_seconds'];

/** A start: errors, and times, for a call that hangs is no error. */
export const USUAL: Guardrails = { error_rate: 2, p95_duration: 50, min_calls: 50, window_seconds: 300 };

/** `errors 2 percentage points more, cost of a call 100 % more`. */
export const guardrailsText = (of: Guardrails): string =>
  MEASURES.flatMap(({ name, label, unit }) => {
    const most = of[name];
    return typeof most === 'number' ? [`${label.charAt(0).toLowerCase()}${label.slice(1)} ${most} ${unit}`] : [];
  }).join(', ');
