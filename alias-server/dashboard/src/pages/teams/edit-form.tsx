// Editing what a team says of itself.
import { NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import type { Team, TeamEdit } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { ManagedNote } from '../../elements/managed';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { useEdited } from '../../elements/use-edited';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { LIMITS, MODE_CHOICES } from './limits';
import { fetchTeam, teamsChanged, updateTeam } from './queries';

type Fields = Pick<TeamEdit, 'team_alias' | 'rpm_limit' | 'tpm_limit' | 'max_parallel_requests' | 'budget_mode' | 'cost_markup_percentage' | 'default_model'>;

const fieldsOf = (team: Team): Fields => ({
  team_alias: team.team_alias,
  rpm_limit: team.rpm_limit ?? null,
  tpm_limit: team.tpm_limit ?? null,
  max_parallel_requests: team.max_parallel_requests ?? null,
  budget_mode: team.budget_mode,
  cost_markup_percentage: team.cost_markup_percentage,
  default_model: team.default_model ?? null,
});

export function TeamEditForm({ team, onClose }: { team: Team; onClose: () => void }) {
  const client = useQueryClient();
  const { may } = useSession();
  const { fields, set, edit, save, put } = useEdited(team, (one = team) => fieldsOf(one));
  const submit = useSubmit(async () => {
    await save((read) => updateTeam(read, edit), ({ team_id }) => fetchTeam(team_id));
    done(t`Saved ${team.team_id}`);
    await teamsChanged(client);
    onClose();
  });
  const number = (value: string | number) => (value === '' ? null : Number(value));
  return (
    <Drawer opened onClose={onClose} title={t`Edit ${team.team_id}`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <ManagedNote by={team.managed_by} />
          <TextInput label={t`Name`} data-autofocus value={fields.team_alias ?? ''} error={submit.of('team_alias')} onChange={(event) => set('team_alias', event.currentTarget.value)} />
          {may('grantAccess') && LIMITS.map((limit) => (
            <NumberInput key={limit.name} label={limit.label} description={limit.description ?? t`Empty does not limit`} placeholder={t`unlimited`} min={0} thousandSeparator="," value={fields[limit.name] ?? ''} error={submit.of(limit.name)} onChange={(value) => set(limit.name, number(value))} />
          ))}
          <Select label={t`Default model`} description={t`For calls that name no model`} clearable clearButtonProps={{ 'aria-label': t`Clear default model` }} placeholder={t`none`} searchable limit={50} data={team.allowed_model_aliases} value={fields.default_model ?? null} error={submit.of('default_model')} onChange={(value) => set('default_model', value)} />
          {may('allocateCredits') && <Select label={t`Charged`} data={MODE_CHOICES} value={fields.budget_mode ?? null} allowDeselect={false} error={submit.of('budget_mode')} onChange={(value) => set('budget_mode', value as Fields['budget_mode'])} />}
          {may('allocateCredits') && <NumberInput label={t`Markup`} description={t`Percent on top of what the provider takes`} min={0} suffix=" %" value={fields.cost_markup_percentage ?? ''} error={submit.of('cost_markup_percentage')} onChange={(value) => set('cost_markup_percentage', number(value) ?? 0)} />}
          <FormButtons submit={t`Save`} busy={submit.busy} disabled={Object.keys(edit).length === 0} onCancel={onClose} curl={() => put(`/api/teams/${encodeURIComponent(team.team_id)}`)} />
        </Stack>
      </form>
    </Drawer>
  );
}
