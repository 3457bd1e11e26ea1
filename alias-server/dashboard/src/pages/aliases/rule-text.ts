// What a rule on a parameter does to calls, in a sentence.
import type { ParameterRule } from '../../api/types';
import { t } from '../../words';

/** A cap on them holds for calls that say nothing, too. */
const LENGTHS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

const written = (value: unknown): string => JSON.stringify(value);

export function ruleText(name: string, rule: ParameterRule): string {
  if (rule.forbid) return t`Calls that say ${name} are refused.`;
  if (rule.override !== undefined && rule.override !== null) return t`${name} is sent as ${written(rule.override)}, whatever the call says.`;
  const said: string[] = [];
  if (rule.default !== undefined && rule.default !== null) said.push(t`Calls that do not say ${name} send ${written(rule.default)}.`);
  if (typeof rule.min === 'number') said.push(t`Less than ${rule.min} is sent as ${rule.min}.`);
  if (typeof rule.max === 'number') said.push(LENGTHS.includes(name) ? t`More than ${rule.max} is sent as ${rule.max}, and so is nothing at all.` : t`More than ${rule.max} is sent as ${rule.max}.`);
  return said.join(' ') || t`Does nothing yet.`;
}
