// Switching an alias off: who gets an error, and why it is done.
import { Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';

import { Problem } from '../../api/problem';
import type { Alias } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { MomentField, momentOf } from '../../elements/moment-field';
import { Modal } from '../../elements/overlays';
import { plural, t } from '../../words';
import { ImpactText, useImpact } from './impact';
import { aliasesChanged, setActive, writePath } from './queries';
import { useAnnounce } from './use-announce';

export function DisableDialog({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const client = useQueryClient();
  const impact = useImpact(alias, { action: 'disable' });
  const announce = useAnnounce(alias.alias);
  const [moment, setMoment] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const how = { reason: reason || undefined, token: impact.data?.impact_token, at: momentOf(moment) };
      const said = await setActive(alias.alias, false, how);
      announce(said, how.at, how.at ? t`disable ${alias.alias}` : t`Disabled ${alias.alias}`, () => setActive(alias.alias, true));
      await aliasesChanged(client);
      onClose();
    } catch (why) {
      setError(why);
      void impact.refetch();
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t`Disable ${alias.alias}?`} size="lg">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FormError error={error} />
          <ImpactText name={alias.alias} impact={impact} what={(teams) => plural(teams, '# team gets an error from now on.', '# teams get an error from now on.')} />
          <Text size="sm">{t`It keeps its groups, its history and its figures, and can be enabled again at any time.`}</Text>
          <MomentField value={moment} onChange={setMoment} error={error instanceof Problem ? error.of('effective_at') : undefined} />
          <TextInput label={t`Reason`} description={t`For the activity log`} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={moment ? t`Schedule it` : t`Disable alias`} danger busy={busy} disabled={!impact.data} onCancel={onClose} cancelFirst curl={() => ({ method: 'POST', path: writePath(alias.alias, 'disable', momentOf(moment)), body: { reason: reason || undefined } })} />
        </Stack>
      </form>
    </Modal>
  );
}
