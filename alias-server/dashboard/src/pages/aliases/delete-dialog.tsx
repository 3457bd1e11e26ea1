// Deleting an alias: who loses it, what is safer, and until when it can be brought back.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Alias } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { CopyButton } from '../../elements/copy-button';
import { FormError } from '../../elements/form-error';
import { counted } from '../../elements/format';
import { undoable } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { callsOf, ImpactText, useImpact } from './impact';
import { aliasesChanged, deleteAlias, restoreAlias, setActive } from './queries';

const DAYS_TO_RESTORE = 30;

export function DeleteDialog({ alias, onClose, onDeleted }: { alias: Alias; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const impact = useImpact(alias, { action: 'delete' });
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const name = alias.alias;
  const used = impact.data !== undefined && callsOf(impact.data) > 0;

  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await what();
      await aliasesChanged(client);
    } catch (why) {
      setError(why);
      // Something else would come of it by now: that is shown before it is tried again.
      void impact.refetch();
    } finally {
      setBusy(false);
    }
  };
  const remove = () =>
    run(async () => {
      await deleteAlias(name, impact.data?.impact_token);
      undoable(`Deleted ${name}`, async () => {
        await restoreAlias(name);
        await aliasesChanged(client);
      });
      onClose();
      onDeleted();
    });
  const disable = () =>
    run(async () => {
      await setActive(name, false);
      undoable(`Disabled ${name}`, async () => {
        await setActive(name, true);
        await aliasesChanged(client);
      });
      onClose();
    });
  const until = new Date(Date.now() + DAYS_TO_RESTORE * 86_400_000).toLocaleDateString('en', { dateStyle: 'medium' });
  return (
    <Modal opened onClose={onClose} title={`Delete ${name}?`} size="lg">
      <Stack gap="sm">
        <FormError error={error} />
        <ImpactText name={name} impact={impact} what={{ one: 'loses access', many: 'lose access' }} />
        <Text size="sm">
          {alias.access_groups.length > 0 ? `It is removed from ${counted(alias.access_groups.length, 'access group')}: ${alias.access_groups.join(', ')}.` : 'It is in no access group.'} You can restore it until {until}.
        </Text>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            Safer:
          </Text>
          {alias.active && (
            <Button size="xs" variant="default" data-autofocus onClick={() => void disable()}>
              Disable instead
            </Button>
          )}
          <CopyButton wide label="Copy notice for teams" value={notice(alias)} />
        </Group>
        {used && <TextInput label={`Type ${name} to delete it: it is in use`} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} classNames={{ input: 'mono' }} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <BusyButton color="red" busy={busy} disabled={!impact.data || (used && typed !== name)} onClick={() => void remove()}>
            Delete alias
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}

function notice(alias: Alias): string {
  return `The model ${alias.alias} will be removed.\n\nCalls with model="${alias.alias}" will then get an error. Please use another model of your list (GET ${location.origin}/v1/models) before.\n`;
}
