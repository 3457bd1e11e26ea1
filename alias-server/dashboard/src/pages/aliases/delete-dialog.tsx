// Deleting an alias: who loses it, what is safer, and until when it can be brought back.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { Problem } from '../../api/problem';
import type { Alias } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { MomentField, momentOf } from '../../elements/moment-field';
import { Modal } from '../../elements/overlays';
import { useOverlay } from '../../elements/url-state';
import { listed } from '../../elements/use-first';
import { locale, plural, t } from '../../words';
import { callsOf, ImpactText, useImpact } from './impact';
import { aliasesChanged, deleteAlias, restoreAlias, setActive, writePath } from './queries';
import { useAnnounce } from './use-announce';

const DAYS_TO_RESTORE = 30;

export function DeleteDialog({ alias, onClose, onDeleted }: { alias: Alias; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const impact = useImpact(alias, { action: 'delete' });
  const announce = useAnnounce(alias.alias);
  const deprecating = useOverlay('deprecate');
  const [moment, setMoment] = useState('');
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
      const at = momentOf(moment);
      const said = await deleteAlias(name, { token: impact.data?.impact_token, at });
      announce(said, at, at ? t`delete ${name}` : t`Deleted ${name}`, () => restoreAlias(name));
      onClose();
      if (!at) onDeleted();
    });
  const disable = () =>
    run(async () => {
      announce(await setActive(name, false), undefined, t`Disabled ${name}`, () => setActive(name, true));
      onClose();
    });
  const deletedAt = Date.parse(momentOf(moment) ?? '') || Date.now();
  const until = new Date(deletedAt + DAYS_TO_RESTORE * 86_400_000).toLocaleDateString(locale, { dateStyle: 'medium' });
  return (
    <Modal opened onClose={onClose} title={t`Delete ${name}?`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void remove();
        }}
      >
        <Stack gap="sm">
          <FormError error={error} />
          <ImpactText name={name} impact={impact} what={(teams) => plural(teams, '# team loses access.', '# teams lose access.')} />
          <Text size="sm">
            {alias.access_groups.length > 0 ? plural(alias.access_groups.length, 'It is removed from # access group: {0}.', 'It is removed from # access groups: {0}.', listed(alias.access_groups)) : t`It is in no access group.`} {t`You can restore it until ${until}.`}
          </Text>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {t`Safer:`}
            </Text>
            {alias.active && (
              <Button size="xs" variant="default" data-autofocus onClick={() => void disable()}>
                {t`Disable instead`}
              </Button>
            )}
            <Button size="xs" variant="default" onClick={() => deprecating.open(name)}>
              {t`Deprecate with a date…`}
            </Button>
            <CopyButton wide label={t`Copy notice for teams`} value={notice(alias)} />
          </Group>
          <MomentField value={moment} onChange={setMoment} error={error instanceof Problem ? error.of('effective_at') : undefined} />
          {used && <TextInput label={t`Type ${name} to delete it: it is in use`} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} classNames={{ input: 'mono' }} />}
          <FormButtons submit={moment ? t`Schedule the deletion` : t`Delete alias`} danger busy={busy} disabled={!impact.data || (used && typed !== name)} onCancel={onClose} curl={() => ({ method: 'DELETE', path: writePath(name, '', momentOf(moment)) })} />
        </Stack>
      </form>
    </Modal>
  );
}

function notice(alias: Alias): string {
  return t`The model ${alias.alias} will be removed.

Calls with model="${alias.alias}" will then get an error. Please use another model of your list (GET ${location.origin}/v1/models) before.
`;
}
