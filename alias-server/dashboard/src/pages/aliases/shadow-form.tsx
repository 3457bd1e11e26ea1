// Copies of a part of the calls to another model: nobody reads its answers, and no team pays for them.
import { NumberInput, Switch, Text } from '@mantine/core';

import type { Alias } from '../../api/types';
import { t } from '../../words';
import { refusedParts } from './refused-parts';
import { SaveDrawer } from './save-drawer';
import { TargetField } from './target-field';
import { useAliasSave } from './use-alias-save';

export function ShadowForm({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const form = useAliasSave(alias, undefined, onClose);
  const { shadow } = form.fields;
  // The object itself is the one part: what is said of it by place names its member.
  const wrong = refusedParts(form.error, 'shadow', ['litellm_model', 'share'], []);
  const at = (place: number) => wrong.at(place);
  return (
    <SaveDrawer title={t`Copy calls of ${alias.alias} to a shadow`} form={form} ids={{ shadow: 'alias-shadow' }} submit={t`Save shadow`} reasoned onClose={onClose}>
      <Text size="sm">{t`A part of the calls is copied to another model. Clients wait for nothing and see nothing of it; its figures stand beside those of the target. Its provider reads these prompts, and is paid.`}</Text>
      <Switch label={t`Copy calls`} checked={shadow !== null} onChange={(event) => form.set('shadow', event.currentTarget.checked ? (form.before.shadow ?? { litellm_model: '', share: 10 }) : null)} />
      {shadow && (
        <>
          <TargetField id="alias-shadow" label={t`Shadow`} value={shadow.litellm_model} onChange={(value) => form.set('shadow', { ...shadow, litellm_model: value.trim() })} error={at(0) ?? wrong.rest} />
          <NumberInput label={t`Calls`} description={t`So many of them are copied`} suffix=" %" decimalScale={2} allowNegative={false} value={shadow.share || ''} error={at(1)} onChange={(share) => form.set('shadow', { ...shadow, share: Number(share) })} />
        </>
      )}
    </SaveDrawer>
  );
}
