// What a line of the list says of where calls of an alias go besides.
import type { Alias } from '../../api/types';
import { plural, t } from '../../words';
import { sharedBy } from './shares';

/** `5 % split · 2 fallbacks`. */
export function marksOf(alias: Alias): string[] {
  const shared = sharedBy(alias.split);
  const rules = Object.keys(alias.parameters).length;
  return [
    alias.match === 'prefix' && t`prefix`,
    shared > 0 && t`${shared} % split`,
    alias.split.some((one) => one.guardrails) && t`canary`,
    alias.shadow && t`shadow`,
    alias.overrides.length > 0 && plural(alias.overrides.length, '# override', '# overrides'),
    alias.fallbacks.length > 0 && plural(alias.fallbacks.length, '# fallback', '# fallbacks'),
    rules > 0 && plural(rules, '# parameter rule', '# parameter rules'),
  ].filter((mark): mark is string => Boolean(mark));
}

export function RoutingMark({ alias }: { alias: Alias }) {
  const marks = marksOf(alias);
  if (marks.length === 0) return null;
  return <span className="second-line one-line">{marks.join(' · ')}</span>;
}
