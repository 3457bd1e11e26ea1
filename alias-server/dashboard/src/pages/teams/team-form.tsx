// The drawer that creates a team.
import { MultiSelect, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Team, TeamDraft } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { Folds } from '../../elements/folds';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { Drawer } from '../../elements/overlays';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { fileOf } from '../../elements/yaml';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { groupsFault, useGroupNames } from '../aliases/queries';
import { OrganizationField } from '../organizations/organization-field';
import { LIMITS, MODE_CHOICES } from './limits';
import { teamsChanged } from './queries';

const IDS = { organization_id: 'team-organization', team_id: 'team-id', team_alias: 'team-alias', access_groups: 'team-groups', credits_allocated: 'team-credits' };

interface Props {
  organization?: string;
  onClose: () => void;
  onCreated: (team: Team) => void;
}

export function TeamForm({ organization, onClose, onCreated }: Props) {
  const client = useQueryClient();
  const { me, may } = useSession();
  const groups = useGroupNames();
  const [draft, setDraft] = useState<TeamDraft>({ organization_id: organization || me.organization_id || '', team_id: '', team_alias: '', access_groups: [], credits_allocated: may('allocateCredits') ? 1000 : 0 });
  const set = <K extends keyof TeamDraft>(name: K, value: TeamDraft[K]) => setDraft((before) => ({ ...before, [name]: value }));
  const body = (): TeamDraft => {
    const kept = Object.entries(draft).filter(([name, value]) => value !== '' && value !== null && !(name === 'access_groups' && draft.access_groups?.length === 0));
    return Object.fromEntries(kept) as unknown as TeamDraft;
  };
  const once = useOnce();
  const submit = useSubmit(async () => {
    const sent = { ...body(), organization_id: draft.organization_id, team_id: draft.team_id.trim() };
    const made = await once(sent, (header) => answer(api.POST('/api/teams/create', { params: { header }, body: sent })));
    onClose();
    onCreated(made);
    await teamsChanged(client);
  });
  const number = (value: string | number) => (value === '' ? null : Number(value));
  const charging = {
    value: 'billing',
    label: t`Charging`,
    note: t`by job unless set`,
    fields: ['budget_mode', 'cost_markup_percentage'],
    content: (
      <>
        <Select label={t`Charged`} data={MODE_CHOICES} value={draft.budget_mode ?? 'job_based'} allowDeselect={false} error={submit.of('budget_mode')} onChange={(value) => set('budget_mode', value as TeamDraft['budget_mode'])} />
        <NumberInput label={t`Markup`} description={t`Percent on top of what the provider takes`} min={0} suffix=" %" value={draft.cost_markup_percentage ?? ''} error={submit.of('cost_markup_percentage')} onChange={(value) => set('cost_markup_percentage', number(value))} />
      </>
    ),
  };
  return (
    <Drawer opened onClose={onClose} title={t`Create Team`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} fields={IDS} />
          <OrganizationField id={IDS.organization_id} required value={draft.organization_id} error={submit.of('organization_id')} onChange={(value) => set('organization_id', value)} />
          <TextInput id={IDS.team_id} label={t`Team id`} description={t`What the API calls it; it does not change`} placeholder="newclient-prod" required data-autofocus spellCheck={false} autoComplete="off" value={draft.team_id} error={submit.of('team_id')} onChange={(event) => set('team_id', event.currentTarget.value)} classNames={{ input: 'mono' }} />
          <TextInput id={IDS.team_alias} label={t`Name`} placeholder={t`Production`} value={draft.team_alias ?? ''} error={submit.of('team_alias')} onChange={(event) => set('team_alias', event.currentTarget.value)} />
          {may('grantAccess') && (
            <MultiSelect id={IDS.access_groups} label={t`Access groups`} description={draft.access_groups?.length ? undefined : t`Without a group the team can call nothing`} placeholder={t`Search groups`} searchable clearable clearButtonProps={{ 'aria-label': t`Clear groups` }} hidePickedOptions data={(groups.data ?? []).map((group) => group.group_name)} limit={50} value={draft.access_groups ?? []} error={submit.of('access_groups') ?? groupsFault(groups)} onChange={(value) => set('access_groups', value)} nothingFoundMessage={t`No such group`} />
          )}
          {may('allocateCredits') && <NumberInput id={IDS.credits_allocated} label={t`Credits`} description={t`One credit is one job, unless the team is charged by cost or tokens`} min={0} thousandSeparator="," value={draft.credits_allocated ?? ''} error={submit.of('credits_allocated')} onChange={(value) => set('credits_allocated', number(value))} />}
          <Folds
            error={submit.error}
            folds={[
              {
                value: 'limits',
                label: t`Limits`,
                note: t`none unless set`,
                fields: LIMITS.map((limit) => limit.name),
                content: LIMITS.map((limit) => (
                  <NumberInput key={limit.name} label={limit.label} description={limit.description} min={0} thousandSeparator="," value={draft[limit.name] ?? ''} error={submit.of(limit.name)} onChange={(value) => set(limit.name, number(value))} />
                )),
              },
              ...(may('allocateCredits') ? [charging] : []),
            ]}
          />
          <FormButtons submit={t`Create`} busy={submit.busy} onCancel={onClose} curl={() => ({ method: 'POST', path: '/api/teams/create', body: body(), cli: aliasctl(['team', 'create', draft.team_id.trim()], { '--org': draft.organization_id, '--group': draft.access_groups ?? [], '--credits': draft.credits_allocated }), file: fileOf('teams', draft.team_id.trim(), { ...body(), team_id: undefined }) })} />
        </Stack>
      </form>
    </Drawer>
  );
}
