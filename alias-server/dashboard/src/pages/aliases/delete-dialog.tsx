// Deleting an alias: who loses it, what is safer, and until when it can be brought back.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Alias } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { FormError } from '../../elements/form-error';
import { counted } from '../../elements/format';
import { undoable } from '../../elements/notices';
import { ImpactText, useImpact } from './impact';
import { aliasesChanged, deleteAlias, restoreAlias, setActive } from './queries';

const DAYS_TO_RESTORE = 30;

export function DeleteDialog({ alias, onClose, onDeleted }: { alias: Alias; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const impact = useImpact(alias);
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const name = alias.alias;
  const used = impact.calls > 0;

  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await what();
      await aliasesChanged(client);
    } catch (why) {
      setError(why);
    } finally {
      setBusy(false);
    }
  };
  const remove = () =>
    run(async () => {
      await deleteAlias(name);
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
        <ImpactText alias={alias} impact={impact} what={{ one: 'loses access', many: 'lose access' }} />
        <Text size="sm">
          {alias.access_groups.length > 0 ? `It is removed from ${counted(alias.access_groups.length, 'access group')}: ${alias.access_groups.join(', ')}.` : 'It is in no access group.'} You can restore it until {until}.
        </Text>
        <Equivalent alias={alias} />
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
          <Button color="red" loading={busy} disabled={!impact.ready || (used && typed !== name)} onClick={() => void remove()}>
            Delete alias
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Another alias that leads to the same model, for those who lose this one. */
function Equivalent({ alias }: { alias: Alias }) {
  const others = useQuery({
    queryKey: ['aliases', 'same-target', alias.litellm_model],
    queryFn: () => answer(api.GET('/api/model-aliases', { params: { query: { q: alias.litellm_model, active: true, limit: 20 } } })),
  });
  const same = (others.data?.aliases ?? []).filter((one) => one.litellm_model === alias.litellm_model && one.alias !== alias.alias);
  if (same.length === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {same.map((one) => one.alias).join(', ')} {same.length === 1 ? 'points' : 'point'} to the same model.
    </Text>
  );
}

function notice(alias: Alias): string {
  return `The model ${alias.alias} will be removed.\n\nCalls with model="${alias.alias}" will then get an error. Please use another model of your list (GET ${location.origin}/v1/models) before.\n`;
}
