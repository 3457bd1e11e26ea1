// How many of the callers go to the new target, and what takes them back by itself where it is worse.
import { NumberInput, Switch } from '@mantine/core';

import type { Alias, Guardrails, SplitTarget } from '../../api/types';
import { t } from '../../words';
import { GUARDED, USUAL } from './guardrails';
import { GuardrailsField } from './guardrails-field';
import { refusedParts } from './refused-parts';

export const ALL = 100;

export interface Share {
  share: number;
  /** Of a canary. */
  guardrails: Guardrails | null;
}

/** The other parts of the callers stay where they are; one target can be the canary. */
export function splitWith(alias: Alias, target: string, { share, guardrails }: Share): SplitTarget[] {
  const others = alias.split.filter((one) => one.litellm_model !== target).map(({ guardrails: own, ...one }) => (own && !guardrails ? { ...one, guardrails: own } : one));
  return [...others, { litellm_model: target, share, ...(guardrails && { guardrails }) }];
}

interface Props {
  alias: Alias;
  target: string;
  value: Share;
  onChange: (value: Share) => void;
  /** Why the change was refused. */
  error: unknown;
}

export function ShareField({ alias, target, value, onChange, error }: Props) {
  const { share, guardrails } = value;
  const split = splitWith(alias, target, value);
  const refused = refusedParts(error, 'split', split.map((one) => one.litellm_model), ['share', ...GUARDED]);
  const place = split.length - 1;
  return (
    <>
      <NumberInput
        label={t`Callers`}
        description={share === ALL ? t`All of them. With less, only this part of the callers goes there, and stays there` : t`The others stay with ${alias.litellm_model}`}
        min={0.01}
        max={ALL}
        decimalScale={2}
        suffix=" %"
        value={share || ''}
        error={refused.at(place, 'share') ?? refused.at(place) ?? refused.rest}
        onChange={(next) => onChange({ ...value, share: Number(next) })}
      />
      {share < ALL && <Switch label={t`Canary`} description={t`It is taken out by itself where it is worse; one target can be the canary`} checked={guardrails !== null} onChange={(event) => onChange({ ...value, guardrails: event.currentTarget.checked ? USUAL : null })} />}
      {share < ALL && guardrails && <GuardrailsField value={guardrails} onChange={(next) => onChange({ ...value, guardrails: next })} refused={(member) => refused.at(place, member)} />}
    </>
  );
}
