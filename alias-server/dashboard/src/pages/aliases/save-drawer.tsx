// The drawer around the fields of an alias: why it was refused, what is sent, and where somebody else was faster.
import { Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

import { ifMatch } from '../../api/client';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { ManagedNote } from '../../elements/managed';
import { MergeDialog } from '../../elements/merge-dialog';
import { Drawer } from '../../elements/overlays';
import { t } from '../../words';
import { clashesOf, editOf, fieldsOf, requestOf } from './alias-fields';
import type { useAliasSave } from './use-alias-save';

interface Props {
  title: string;
  form: ReturnType<typeof useAliasSave>;
  /** Ids of the fields by their names in the API. */
  ids: Record<string, string>;
  submit: string;
  onClose: () => void;
  /** Why it cannot be sent as it is. */
  fault?: boolean;
  /** Asks for the reason of the change. */
  reasoned?: boolean;
  /** Further buttons. */
  buttons?: ReactNode;
  children: ReactNode;
}

export function SaveDrawer({ title, form, ids, submit, onClose, fault, reasoned, buttons, children }: Props) {
  const { read, before, fields, theirs, busy } = form;
  const unchanged = read !== undefined && Object.keys(editOf(before, fields)).length === 0;
  return (
    <>
      <Drawer opened onClose={onClose} title={title}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!fault) void form.save();
          }}
        >
          <Stack gap="md">
            <FormError error={form.error} fields={ids} />
            <ManagedNote by={read?.managed_by} />
            {children}
            {reasoned && <TextInput label={t`Reason`} description={t`For the activity log`} value={form.reason} maxLength={500} onChange={(event) => form.setReason(event.currentTarget.value)} />}
            <FormButtons submit={submit} busy={busy} disabled={unchanged || fault} onCancel={onClose} curl={() => ({ ...requestOf(before, fields, read), headers: read && { ...ifMatch(read.version), 'x-alias-reason': form.reason } })}>
              {buttons}
            </FormButtons>
          </Stack>
        </form>
      </Drawer>
      {theirs && read && <MergeDialog name={read.alias} busy={busy} clashes={clashesOf(before, fields, fieldsOf(theirs))} onCancel={form.backToForm} onSave={(mine) => void form.merge(mine)} />}
    </>
  );
}
