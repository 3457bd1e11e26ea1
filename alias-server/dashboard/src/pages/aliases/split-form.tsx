// Which parts of the callers go to which other targets; one of these can be a canary, which goes back by itself.
import { NumberInput, Select, Switch, Text } from '@mantine/core';

import type { Alias, SplitTarget } from '../../api/types';
import { t } from '../../words';
import { GUARDED, USUAL } from './guardrails';
import { GuardrailsField } from './guardrails-field';
import { refusedParts } from './refused-parts';
import { RowsField } from './rows-field';
import { SaveDrawer } from './save-drawer';
import { leftBy } from './shares';
import { TargetField } from './target-field';
import { useAliasSave } from './use-alias-save';

const MOST = 8;
const BLANK: SplitTarget = { litellm_model: '', share: 5 };
const STICKY = [
  { value: 'key', label: t`A key` },
  { value: 'user', label: t`The user that the call names, else the key` },
];

export function SplitForm({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const form = useAliasSave(alias, undefined, onClose);
  const { fields, set } = form;
  const { split } = fields;
  const refused = refusedParts(form.error, 'split', split.map((one) => one.litellm_model), ['litellm_model', 'share', ...GUARDED]);
  const setSplit = (next: SplitTarget[]) => set('split', next);
  /** One of them can be the canary. */
  const setCanary = (place: number, on: boolean) =>
    setSplit(
      split.map(({ guardrails: _, ...one }, index) => {
        if (index !== place || !on) return one;
        return { ...one, guardrails: split.find((other) => other.guardrails)?.guardrails ?? USUAL };
      }),
    );
  return (
    <SaveDrawer title={t`Split the callers of ${alias.alias}`} form={form} ids={{ split: 'alias-split' }} submit={t`Save split`} reasoned onClose={onClose}>
      <RowsField
        id="alias-split"
        label={t`Other targets`}
        description={t`Each takes a part of the callers. The other ${leftBy(split)} % stay with ${fields.litellm_model}.`}
        error={refused.rest}
        add={t`Add a target`}
        partOf={(place) => ({ title: t`Target ${place}`, remove: t`Remove target ${place}` })}
        most={MOST}
        rows={split}
        onChange={setSplit}
        blank={BLANK}
        errorOf={(place) => refused.at(place)}
      >
        {(one, change, place) => (
          <>
            <TargetField id={`alias-split-${place}`} value={one.litellm_model} onChange={(litellm_model) => change({ litellm_model: litellm_model.trim() })} error={refused.at(place, 'litellm_model')} />
            <NumberInput label={t`Callers`} suffix=" %" decimalScale={2} allowNegative={false} value={one.share || ''} error={refused.at(place, 'share')} onChange={(share) => change({ share: Number(share) })} />
            <Switch label={t`Canary`} description={t`It is taken out by itself where it is worse; one target can be the canary`} checked={Boolean(one.guardrails)} onChange={(event) => setCanary(place, event.currentTarget.checked)} />
            {one.guardrails && <GuardrailsField value={one.guardrails} onChange={(guardrails) => change({ guardrails })} refused={(member) => refused.at(place, member)} />}
          </>
        )}
      </RowsField>
      {split.length > 0 && <Select label={t`A caller is`} description={t`It stays with its target on every server`} data={STICKY} value={fields.sticky} allowDeselect={false} error={form.refused('sticky')} onChange={(value) => set('sticky', value === 'user' ? 'user' : 'key')} />}
      {split.length === 0 && <Text size="sm">{t`All callers go to ${fields.litellm_model}.`}</Text>}
    </SaveDrawer>
  );
}
