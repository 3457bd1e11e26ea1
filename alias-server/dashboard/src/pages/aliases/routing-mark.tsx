// What a line of the list says of where calls of an alias go besides.
import type { Alias } from '../../api/types';
import { counted } from '../../elements/format';
import { sharedBy } from './shares';

/** `5 % split · 2 fallbacks`. */
export function marksOf(alias: Alias): string[] {
  const shared = sharedBy(alias.split);
  const rules = Object.keys(alias.parameters).length;
  return [
    alias.match === 'prefix' && 'prefix',
    shared > 0 && `${shared} % split`,
    alias.split.some((one) => one.guardrails) && 'canary',
    alias.shadow && 'shadow',
    alias.overrides.length > 0 && counted(alias.overrides.length, 'override'),
    alias.fallbacks.length > 0 && counted(alias.fallbacks.length, 'fallback'),
    rules > 0 && counted(rules, 'parameter rule'),
  ].filter((mark): mark is string => Boolean(mark));
}

export function RoutingMark({ alias }: { alias: Alias }) {
  const marks = marksOf(alias);
  if (marks.length === 0) return null;
  return <span className="second-line one-line">{marks.join(' · ')}</span>;
}
