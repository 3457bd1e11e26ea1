// The keys of a team: made, rotated and revoked; a key itself is shown once.
import { Button, Select, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Team, TeamKey } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { lazily } from '../../elements/lazily';
import { Loaded } from '../../elements/loaded';
import { MissingDialog } from '../../elements/missing';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { Panel } from '../../elements/panel';
import { RowButton } from '../../elements/row-button';
import { type Head, SmallTable } from '../../elements/small-table';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useHeld } from '../../elements/use-held';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { teamsChanged, useKeys } from './queries';

const KeyDialog = lazily(async () => (await import('./key-dialog')).KeyDialog);
const KeyForm = lazily(async () => (await import('./key-form')).KeyForm);

const GRACE = [
  { value: '0', label: t`at once` },
  { value: '3600', label: t`in an hour` },
  { value: '86400', label: t`in a day` },
  { value: '604800', label: t`in a week` },
];

const HEADS: Head<TeamKey>[] = [
  { title: t`Name`, cell: (key) => key.name },
  { title: t`Key`, className: 'mono', cell: (key) => key.virtual_key_masked },
  { title: t`Models`, cell: (key) => key.models?.join(', ') ?? t`all of the team` },
  { title: t`Last used`, cell: (key) => <Time at={key.last_used_at} /> },
  { title: t`Expires`, cell: (key) => <Time at={key.expires_at} /> },
  { title: t`Created`, cell: (key) => <Time at={key.created_at} /> },
];

export function KeysPanel({ team }: { team: Team }) {
  const { may } = useSession();
  const keys = useKeys(team.team_id);
  const creating = useOverlay('key');
  const rotating = useOverlay('rotate');
  const revoking = useOverlay('revoke');
  const [secret, setSecret] = useState<string | null>(null);
  const writes = may('writeKeys');
  const find = (id: string) => keys.data?.keys.find((key) => key.key_id === id);
  const edited = useHeld(creating.of, find(creating.of));
  const rotated = useHeld(rotating.of, find(rotating.of));
  const revoked = useHeld(revoking.of, find(revoking.of));
  const opened = [creating, rotating, revoking].find((one) => one.of);
  const lacking = keys.data && opened && !edited && !rotated && !revoked && opened;
  return (
    <Panel
      title={t`Keys`}
      actions={
        writes && (
          <Button size="xs" variant="default" onClick={() => creating.open()}>
            {t`Create key`}
          </Button>
        )
      }
    >
      <Loaded query={keys} what={t`the keys`}>
        {(list) => (
          <SmallTable
            label={t`Keys of the team`}
            heads={HEADS}
            rows={list.keys}
            id={(key) => key.key_id}
            empty={t`No key: nobody can call for this team.`}
            actions={(key) =>
              writes && (
                <>
                  <RowButton label={t`Edit`} name={key.name} onClick={() => creating.open(key.key_id)} />
                  <RowButton label={t`Rotate…`} name={key.name} onClick={() => rotating.open(key.key_id)} />
                  <RowButton label={t`Revoke…`} name={key.name} danger onClick={() => revoking.open(key.key_id)} />
                </>
              )
            }
          />
        )}
      </Loaded>
      {writes && creating.opened && (!creating.of || edited) && <KeyForm key={edited?.key_id} team={team} editing={edited} onClose={creating.close} onSecret={setSecret} />}
      {writes && rotated && <RotateKey team={team} of={rotated} onClose={rotating.close} onSecret={setSecret} />}
      {writes && revoked && <RevokeKey team={team} of={revoked} onClose={revoking.close} />}
      {writes && lacking && <MissingDialog what={lacking.of} onClose={lacking.close} />}
      {secret && <KeyDialog secret={secret} team={team.team_id} models={team.allowed_model_aliases} onClose={() => setSecret(null)} />}
    </Panel>
  );
}

interface MakesSecret {
  team: Team;
  onClose: () => void;
  onSecret: (secret: string) => void;
}

const keyPath = ({ team, key }: { team: string; key: string }): string => `/api/teams/${encodeURIComponent(team)}/keys/${key}`;

function RotateKey({ team, of: key, onClose, onSecret }: MakesSecret & { of: TeamKey }) {
  const client = useQueryClient();
  const [grace, setGrace] = useState('86400');
  const body = { grace_seconds: Number(grace) };
  const path = { team: team.team_id, key: key.key_id };
  const once = useOnce();
  const submit = useSubmit(async () => {
    const made = await once(body, (header) => answer(api.POST('/api/teams/{team}/keys/{key}/rotate', { params: { path, header }, body })));
    onClose();
    if (made.virtual_key) onSecret(made.virtual_key);
    await teamsChanged(client);
  });
  return (
    <Modal opened onClose={onClose} title={t`Rotate ${key.name}?`}>
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm">
            {t`A new key takes its place, with the same name and limits. It was last used ${<Time at={key.last_used_at} />}.`}
          </Text>
          <Select label={t`The old key ends`} data={GRACE} value={grace} allowDeselect={false} data-autofocus onChange={(value) => setGrace(value ?? '0')} />
          <FormButtons submit={t`Rotate key`} busy={submit.busy} onCancel={onClose} curl={() => ({ method: 'POST', path: `${keyPath(path)}/rotate`, body })} />
        </Stack>
      </form>
    </Modal>
  );
}

function RevokeKey({ team, of: key, onClose }: { team: Team; of: TeamKey; onClose: () => void }) {
  const client = useQueryClient();
  const path = { team: team.team_id, key: key.key_id };
  const submit = useSubmit(async () => {
    await answer(api.DELETE('/api/teams/{team}/keys/{key}', { params: { path } }));
    done(t`Revoked ${key.name}`);
    await teamsChanged(client);
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t`Revoke ${key.name}?`}>
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm">
            {t`Whoever calls with ${<span className="mono">{key.virtual_key_masked}</span>} gets an error from the next call on. It was last used ${<Time at={key.last_used_at} />}. A revoked key cannot be brought back.`}
          </Text>
          <FormButtons submit={t`Revoke key`} danger busy={submit.busy} onCancel={onClose} cancelFirst curl={() => ({ method: 'DELETE', path: keyPath(path) })} />
        </Stack>
      </form>
    </Modal>
  );
}
