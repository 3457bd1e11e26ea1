// What a rule on a parameter does to calls, in a sentence.
import type { ParameterRule } from '../../api/types';

/** A cap on them holds for calls that say nothing, too. */
const LENGTHS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

const written = (value: unknown): string => JSON.stringify(value);

export function ruleText(name: string, rule: ParameterRule): string {
  if (rule.forbid) return `Calls that say ${name} are refused.`;
  if (rule.override !== undefined && rule.override !== null) return `${name} is sent as ${written(rule.override)}, whatever the call says.`;
  const said: string[] = [];
  if (rule.default !== undefined && rule.default !== null) said.push(`Calls that do not say ${name} send ${written(rule.default)}.`);
  if (typeof rule.min === 'number') said.push(`Less than ${rule.min} is sent as ${rule.min}.`);
  if (typeof rule.max === 'number') said.push(`More than ${rule.max} is sent as ${rule.max}${LENGTHS.includes(name) ? ', and so is nothing at all' : ''}.`);
  return said.join(' ') || 'Does nothing yet.';
}
