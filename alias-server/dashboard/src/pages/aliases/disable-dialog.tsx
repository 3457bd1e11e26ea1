// Switching an alias off: who gets an error, and why it is done.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';

import type { Alias } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { FormError } from '../../elements/form-error';
import { undoable } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { ImpactText, useImpact } from './impact';
import { aliasesChanged, setActive } from './queries';

export function DisableDialog({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const client = useQueryClient();
  const impact = useImpact(alias, { action: 'disable' });
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await setActive(alias.alias, false, reason || undefined, impact.data?.impact_token);
      undoable(`Disabled ${alias.alias}`, async () => {
        await setActive(alias.alias, true);
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
      onClose();
    } catch (why) {
      setError(why);
      void impact.refetch();
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`Disable ${alias.alias}?`} size="lg">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FormError error={error} />
          <ImpactText name={alias.alias} impact={impact} what={{ one: 'gets an error from now on', many: 'get an error from now on' }} />
          <Text size="sm">It keeps its groups, its history and its figures, and can be enabled again at any time.</Text>
          <TextInput label="Reason" description="For the activity log" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} data-autofocus>
              Cancel
            </Button>
            <BusyButton type="submit" color="red" busy={busy} disabled={!impact.data}>
              Disable alias
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
