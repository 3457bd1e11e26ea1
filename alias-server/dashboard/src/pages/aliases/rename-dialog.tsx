// Another name for the same alias, with the old one leading on to it.
import { Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ifMatch } from '../../api/client';
import type { Alias } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { exactTime } from '../../elements/format';
import { MOMENT, momentOf } from '../../elements/moment-field';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { t } from '../../words';
import { CallersLine } from './callers';
import { aliasesChanged, renameAlias } from './queries';

export function RenameDialog({ alias, onClose, onRenamed }: { alias: Alias; onClose: () => void; onRenamed: (name: string) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [keeps, setKeeps] = useState(true);
  const [sunset, setSunset] = useState('');
  const [reason, setReason] = useState('');
  const at = keeps ? momentOf(sunset) : undefined;
  const body = { new_alias: name.trim(), keep_old_as_redirect: keeps, ...(at ? { sunset_at: at } : {}), ...(reason ? { reason } : {}) };
  const submit = useSubmit(async () => {
    const renamed = await renameAlias(alias, body);
    done(t`${alias.alias} is called ${renamed.alias} now`);
    await aliasesChanged(client);
    onClose();
    onRenamed(renamed.alias);
  });
  const curl = () => ({
    method: 'POST',
    path: `/api/model-aliases/${encodeURIComponent(alias.alias)}/rename`,
    body,
    headers: ifMatch(alias.version),
    cli: aliasctl(['alias', 'rename', alias.alias, body.new_alias], { '--drop-old': !keeps, '--sunset': at }),
  });
  return (
    <Modal opened onClose={onClose} title={t`Rename ${alias.alias}`} size="lg">
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack gap="sm">
          <FormError error={submit.error} />
          <Text size="sm">{t`It stays the same alias: its versions, its access groups, its usage, and whatever is limited to it.`}</Text>
          <TextInput label={t`New name`} required data-autofocus autoComplete="off" spellCheck={false} value={name} error={submit.of('new_alias')} onChange={(event) => setName(event.currentTarget.value)} classNames={{ input: 'mono' }} />
          <Checkbox label={t`Keep the old name as a redirect`} description={keeps ? t`Calls of ${alias.alias} are served as before, and told to use the new name` : t`Whoever calls ${alias.alias} gets an error at once`} checked={keeps} onChange={(event) => setKeeps(event.currentTarget.checked)} />
          <CallersLine alias={alias.alias} />
          {keeps && <TextInput {...MOMENT} label={t`Sunset of the old name`} description={at ? exactTime(at) : t`Empty is never`} value={sunset} error={submit.of('sunset_at')} onChange={(event) => setSunset(event.currentTarget.value)} />}
          <TextInput label={t`Reason`} description={t`For the activity log`} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={t`Rename alias`} busy={submit.busy} onCancel={onClose} curl={curl} disabled={name.trim() === ''} danger={!keeps} />
        </Stack>
      </form>
    </Modal>
  );
}
