// Rules on parameters as the form holds them: one row each, values as they are typed.
import type { ParameterRule } from '../../api/types';

export interface RuleRow {
  name: string;
  kind: 'bounds' | 'override' | 'forbid';
  /** What is sent: where a call says nothing, or in any case. */
  value: string;
  min: number | null;
  max: number | null;
}

export const BLANK_RULE: RuleRow = { name: '', kind: 'bounds', value: '', min: null, max: null };

const typed = (value: unknown): string => (value === undefined || value === null ? '' : JSON.stringify(value));

/** `0.7`, `true`, `["a"]` as JSON; what is none is a text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.trim();
  }
}

export function rowsOf(rules: Record<string, ParameterRule>): RuleRow[] {
  return Object.entries(rules).map(([name, rule]) => {
    const overrides = rule.override !== undefined && rule.override !== null;
    return {
      name,
      kind: rule.forbid ? 'forbid' : overrides ? 'override' : 'bounds',
      value: typed(overrides ? rule.override : rule.default),
      min: rule.min ?? null,
      max: rule.max ?? null,
    };
  });
}

export function ruleOf({ kind, value, min, max }: RuleRow): ParameterRule {
  if (kind === 'forbid') return { forbid: true };
  const said = value.trim() === '' ? {} : { [kind === 'override' ? 'override' : 'default']: valueOf(value) };
  if (kind === 'override') return said;
  return { ...said, ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
}

export const rulesOf = (rows: RuleRow[]): Record<string, ParameterRule> => Object.fromEntries(rows.map((row) => [row.name, ruleOf(row)]));

/** A name that stands there before: an object of the API can hold it once. */
export const isTwice = (rows: RuleRow[], place: number): boolean => rows.findIndex((row) => row.name === rows[place]?.name) < place;
