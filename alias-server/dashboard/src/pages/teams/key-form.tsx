// The dialog that makes a key of a team, or changes what one may do: never more than its team may.
import { MultiSelect, NumberInput, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Team, TeamKey } from '../../api/types';
import { changesOf } from '../../elements/changes';
import { Folds } from '../../elements/folds';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { daysAfter } from '../../elements/format';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { LIMITS } from './limits';
import { of, teamsChanged } from './queries';

const KEPT = 'kept';

const EXPIRY = [
  { value: '', label: t`never` },
  { value: '30', label: t`in 30 days` },
  { value: '90', label: t`in 90 days` },
  { value: '365', label: t`in a year` },
];

/** Nothing chosen is no limit. */
const some = (values: string[]): string[] | null => (values.length > 0 ? values : null);

/** What the form shows of a key, and of none. */
const fieldsOf = (key?: TeamKey) => ({
  name: key?.name ?? '',
  models: some(key?.models ?? []),
  networks: some(key?.networks ?? []),
  upstream_identity: key?.upstream_identity ?? false,
  rpm_limit: key?.rpm_limit ?? null,
  tpm_limit: key?.tpm_limit ?? null,
  max_parallel_requests: key?.max_parallel_requests ?? null,
});

interface Props {
  team: Team;
  editing?: TeamKey;
  onClose: () => void;
  onSecret: (secret: string) => void;
}

export function KeyForm({ team, editing, onClose, onSecret }: Props) {
  const client = useQueryClient();
  // As it was when the form was opened: what somebody else took from the key since is not given back.
  const [before] = useState(fieldsOf(editing));
  const [name, setName] = useState(before.name);
  const [days, setDays] = useState(editing ? KEPT : '');
  const [models, setModels] = useState(editing?.models ?? []);
  const [networks, setNetworks] = useState(editing?.networks ?? []);
  const [limits, setLimits] = useState({ rpm_limit: editing?.rpm_limit ?? null, tpm_limit: editing?.tpm_limit ?? null, max_parallel_requests: editing?.max_parallel_requests ?? null });
  const [identity, setIdentity] = useState(editing?.upstream_identity ?? false);
  const { me } = useSession();
  const [opened] = useState(Date.now);
  const once = useOnce();
  const expiry = days === KEPT ? {} : { expires_at: daysAfter(opened, days) };
  const body = { ...changesOf(before, { name, models: some(models), networks: some(networks), upstream_identity: identity, ...limits }), ...expiry };
  const submit = useSubmit(async () => {
    if (editing) {
      await answer(api.PUT('/api/teams/{team}/keys/{key}', { params: { path: { team: team.team_id, key: editing.key_id } }, body }));
      done(t`Saved ${name}`);
    }
    const made = editing ? null : await once(body, (header) => answer(api.POST('/api/teams/{team}/keys', { params: { ...of(team.team_id), header }, body })));
    onClose();
    if (made?.virtual_key) onSecret(made.virtual_key);
    await teamsChanged(client);
  });
  const path = `/api/teams/${encodeURIComponent(team.team_id)}/keys`;
  const curl = () => (editing ? { method: 'PUT', path: `${path}/${editing.key_id}`, body } : { method: 'POST', path, body });
  const choices = [...new Set([...team.allowed_model_aliases, ...models])];
  const narrowed = models.length + networks.length + Object.values(limits).filter((one) => one !== null).length;
  return (
    <Modal opened onClose={onClose} title={editing ? t`Edit ${editing.name}` : t`Create a key of ${team.team_id}`} size="lg">
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <TextInput label={t`Name`} description={t`What uses it`} placeholder="ci" data-autofocus value={name} error={submit.of('name')} onChange={(event) => setName(event.currentTarget.value)} />
          <Select label={t`It expires`} data={editing ? [{ value: KEPT, label: t`as it is now` }, ...EXPIRY] : EXPIRY} value={days} allowDeselect={false} onChange={(value) => setDays(value ?? '')} error={submit.of('expires_at')} />
          <MultiSelect label={t`Models`} description={models.length ? t`Only these, as far as the team may` : t`All of the team`} searchable clearable clearButtonProps={{ 'aria-label': t`Clear models` }} limit={50} data={choices} value={models} error={submit.of('models')} onChange={setModels} nothingFoundMessage={t`Not a model of this team`} />
          <Folds
            error={submit.error}
            folds={[
              {
                value: 'more',
                label: t`Limits`,
                note: narrowed > 0 ? t`beside those of the team` : t`those of the team`,
                fields: [...LIMITS.map((limit) => limit.name), 'networks', 'upstream_identity'],
                content: (
                  <>
                    {LIMITS.map((limit) => (
                      <NumberInput key={limit.name} label={limit.label} description={limit.description} min={0} thousandSeparator="," value={limits[limit.name] ?? ''} error={submit.of(limit.name)} onChange={(value) => setLimits((before) => ({ ...before, [limit.name]: value === '' ? null : Number(value) }))} />
                    ))}
                    {me.organization_id === null && <Switch label={t`Shows which model answered`} description={t`In the header x-alias-upstream-model: provider and model`} checked={identity} onChange={(event) => setIdentity(event.currentTarget.checked)} />}
                    <TagsInput label={t`Networks`} description={t`Addresses that it may call from, such as 203.0.113.0/24; none is all`} value={networks} error={submit.of('networks')} onChange={setNetworks} />
                  </>
                ),
              },
            ]}
          />
          <FormButtons submit={editing ? t`Save` : t`Create key`} busy={submit.busy} disabled={editing && Object.keys(body).length === 0} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Modal>
  );
}
