// The versions of an alias, newest first; each of them can count again.
import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';

import type { Alias, AliasVersion } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { Diff } from '../../elements/diff';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { Loaded } from '../../elements/loaded';
import { undoable } from '../../elements/notices';
import { actorOf } from '../../elements/actor';
import { Modal } from '../../elements/overlays';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { aliasesChanged, rollBack, undoTo, useVersions } from './queries';

const KINDS: Record<string, string> = { create: t`Created`, update: t`Changed`, rollback: t`Rolled back`, delete: t`Deleted`, restore: t`Restored` };

export function AliasHistory({ alias }: { alias: Alias }) {
  const history = useVersions(alias.alias);
  const { may } = useSession();
  const [back, setBack] = useState<AliasVersion | null>(null);
  return (
    <div className="panel">
      <Loaded query={history} what={t`its history`} height={200}>
        {({ pages }) => (
          <>
            <ol className="list-plain" aria-label={t`Versions`}>
              {pages.flatMap((part) => part.versions).map((one) => (
                <li key={one.version} className="entry">
                  <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
                    <div style={{ minWidth: 0 }}>
                      <Group gap="xs">
                        <Badge>{t`version ${one.version}`}</Badge>
                        <Text size="sm" fw={600}>
                          {one.restored_from ? t`${KINDS[one.kind] ?? one.kind} to version ${one.restored_from}` : (KINDS[one.kind] ?? one.kind)}
                        </Text>
                        <Text size="sm" c="dimmed">
                          {one.effective_at === one.at ? t`${<Time at={one.at} />} by ${actorOf(one)}` : t`${<Time at={one.at} />} by ${actorOf(one)}, counts from ${<Time at={one.effective_at} />}`}
                        </Text>
                        {one.version === alias.version && <Badge c="var(--alias-good)">{t`now`}</Badge>}
                      </Group>
                      {one.reason && (
                        <Text size="sm" mt={2} className="break">
                          “{one.reason}”
                        </Text>
                      )}
                      <Diff change={one.change} />
                    </div>
                    {may('writeCatalog') && one.version !== alias.version && one.kind !== 'delete' && (
                      <Button size="xs" variant="default" style={{ flexShrink: 0 }} aria-label={t`Roll back to version ${one.version}`} onClick={() => setBack(one)}>
                        {t`Roll back…`}
                      </Button>
                    )}
                  </Group>
                </li>
              ))}
            </ol>
            {history.hasNextPage && (
              <Group p="md">
                <BusyButton size="xs" variant="default" busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
                  {t`Show older versions`}
                </BusyButton>
              </Group>
            )}
          </>
        )}
      </Loaded>
      {back && <RollbackDialog alias={alias} to={back} onClose={() => setBack(null)} />}
    </div>
  );
}

function RollbackDialog({ alias, to, onClose }: { alias: Alias; to: AliasVersion; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await rollBack(alias.alias, to.version, reason || undefined);
      undoable(t`${alias.alias} is as it was in version ${to.version}`, async () => {
        await undoTo(alias, made);
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
      onClose();
    } catch (why) {
      setError(why);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t`Roll ${alias.alias} back to version ${to.version}?`} size="lg">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FormError error={error} />
          <Text size="sm">
            {t`What version ${to.version} said counts again from the next call on, as a new version. The name and the access groups stay as they are.`}
          </Text>
          <TextInput label={t`Reason`} description={t`For the activity log`} data-autofocus value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={t`Roll back`} busy={busy} onCancel={onClose} curl={() => ({ method: 'POST', path: `/api/model-aliases/${encodeURIComponent(alias.alias)}/rollback`, body: { version: to.version, reason: reason || undefined } })} />
        </Stack>
      </form>
    </Modal>
  );
}
