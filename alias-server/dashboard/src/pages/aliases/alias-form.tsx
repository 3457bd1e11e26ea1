// The drawer that creates or edits an alias, in the order of the user guide: name, target, description, active.
import { Button, Switch, Textarea } from '@mantine/core';

import type { Alias } from '../../api/types';
import { t } from '../../words';
import { type AliasFields, FIELD_IDS } from './alias-fields';
import { Folded, Hints, NameField } from './alias-form-parts';
import { SaveDrawer } from './save-drawer';
import { TargetField } from './target-field';
import { Trial } from './trial';
import { useAliasSave } from './use-alias-save';
import { useLint } from './use-lint';

interface Props {
  /** The alias to edit; none creates one. */
  editing?: Alias;
  /** What a new one begins with. */
  start?: Partial<AliasFields>;
  onClose: () => void;
}

export function AliasForm({ editing, start, onClose }: Props) {
  const form = useAliasSave(editing, start, onClose);
  const { read, fields, set, refused, busy } = form;
  const lint = useLint({ alias: fields.alias.trim(), litellm_model: fields.litellm_model.trim(), description: fields.description }, !editing);
  const another = !read && (
    <Button variant="default" disabled={busy} onClick={() => void form.save(true)}>
      {t`Create & add another`}
    </Button>
  );
  return (
    <SaveDrawer title={read ? t`Edit ${read.alias}` : t`Create Alias`} form={form} ids={FIELD_IDS} submit={read ? t`Save` : t`Create`} onClose={onClose} buttons={another}>
      <NameField fields={fields} set={set} lint={lint} refused={refused('alias')} fixed={read !== undefined} />
      <TargetField value={fields.litellm_model} onChange={(value) => set('litellm_model', value)} error={refused('litellm_model') ?? lint.error('litellm_model')} />
      <Textarea id="alias-description" label={t`Description`} description={t`What the model is good for, and what it costs in speed or money`} autosize minRows={2} maxRows={6} value={fields.description} error={refused('description')} onChange={(event) => set('description', event.currentTarget.value)} />
      <Switch label={t`Active`} description={t`Teams cannot use a disabled alias`} checked={fields.active} onChange={(event) => set('active', event.currentTarget.checked)} />
      <Hints lint={lint} />
      <Folded fields={fields} set={set} error={form.error} refused={refused} editing={read} />
      {fields.litellm_model.includes('/') && <Trial alias={fields.alias.trim()} target={fields.litellm_model.trim()} />}
    </SaveDrawer>
  );
}
