// The drawer that creates or edits an alias, in the order of the user guide: name, target, description, active.
import { Button, Stack, Switch, Textarea } from '@mantine/core';

import type { Alias } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { MergeDialog } from '../../elements/merge-dialog';
import { Drawer } from '../../elements/overlays';
import { type AliasFields, clashesOf, editOf, FIELD_IDS, fieldsOf, requestOf } from './alias-fields';
import { Folded, Hints, NameField } from './alias-form-parts';
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
  const { read, before, fields, set, refused, busy, theirs } = form;
  const lint = useLint({ alias: fields.alias.trim(), litellm_model: fields.litellm_model.trim(), description: fields.description }, !editing);
  const unchanged = read !== undefined && Object.keys(editOf(before, fields)).length === 0;
  return (
    <>
      <Drawer opened onClose={onClose} title={read ? `Edit ${read.alias}` : 'Create Alias'}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void form.save();
          }}
        >
          <Stack gap="md">
            <FormError error={form.error} fields={FIELD_IDS} />
            <NameField fields={fields} set={set} lint={lint} refused={refused('alias')} fixed={read !== undefined} />
            <TargetField value={fields.litellm_model} onChange={(value) => set('litellm_model', value)} error={refused('litellm_model') ?? lint.error('litellm_model')} />
            <Textarea id="alias-description" label="Description" description="What the model is good for, and what it costs in speed or money" autosize minRows={2} maxRows={6} value={fields.description} error={refused('description')} onChange={(event) => set('description', event.currentTarget.value)} />
            <Switch label="Active" description="Teams cannot use a disabled alias" checked={fields.active} onChange={(event) => set('active', event.currentTarget.checked)} />
            <Hints lint={lint} />
            <Folded fields={fields} set={set} refused={refused} editing={read} />
            {fields.litellm_model.includes('/') && <Trial alias={fields.alias.trim()} target={fields.litellm_model.trim()} />}
            <FormButtons submit={read ? 'Save' : 'Create'} busy={busy} disabled={unchanged} onCancel={onClose} curl={() => requestOf(before, fields, read)}>
              {!read && (
                <Button variant="default" disabled={busy} onClick={() => void form.save(true)}>
                  Create &amp; add another
                </Button>
              )}
            </FormButtons>
          </Stack>
        </form>
      </Drawer>
      {theirs && read && <MergeDialog name={read.alias} busy={busy} clashes={clashesOf(before, fields, fieldsOf(theirs))} onCancel={form.backToForm} onSave={(mine) => void form.merge(mine)} />}
    </>
  );
}
