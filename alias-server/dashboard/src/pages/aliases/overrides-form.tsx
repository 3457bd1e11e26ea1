// Another target for all calls of a team, or of an organization's teams. It widens nothing: who may call is settled by groups.
import { Autocomplete, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Alias, Override } from '../../api/types';
import { t } from '../../words';
import { refusedParts } from './refused-parts';
import { RowsField } from './rows-field';
import { SaveDrawer } from './save-drawer';
import { TargetField } from './target-field';
import { useAliasSave } from './use-alias-save';

const MOST = 1_000;
const SHOWN = 20;
const BLANK: Override = { team_id: '', litellm_model: '' };
const WHOSE = [
  { value: 'team_id', label: t`A team` },
  { value: 'organization_id', label: t`An organization` },
];

type Whose = 'team_id' | 'organization_id';

const whoseOf = (one: Override): Whose => (one.organization_id === undefined || one.organization_id === null ? 'team_id' : 'organization_id');

function sentenceOf(alias: string, { team_id, organization_id, litellm_model }: Override): string {
  if (team_id) return t`All calls of ${alias} by team ${team_id} go to ${litellm_model}.`;
  return t`All calls of ${alias} by teams of organization ${organization_id ?? ''} go to ${litellm_model}.`;
}

export function OverridesForm({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const form = useAliasSave(alias, undefined, onClose);
  const { overrides } = form.fields;
  const refused = refusedParts(form.error, 'overrides', overrides.map((one) => one.litellm_model), ['team_id', 'organization_id', 'litellm_model']);
  return (
    <SaveDrawer title={t`Overrides of ${alias.alias}`} form={form} ids={{ overrides: 'alias-overrides' }} submit={t`Save overrides`} reasoned onClose={onClose}>
      <RowsField
        id="alias-overrides"
        label={t`Other targets by caller`}
        description={t`What is said of a team comes before what is said of its organization, and both before a split. Who may call the alias stays as it is.`}
        error={refused.rest}
        add={t`Add an override`}
        partOf={(place) => ({ title: t`Override ${place}`, remove: t`Remove override ${place}` })}
        most={MOST}
        rows={overrides}
        onChange={(next) => form.set('overrides', next)}
        blank={BLANK}
        errorOf={(place) => refused.at(place)}
      >
        {(one, change, place) => {
          const whose = whoseOf(one);
          const name = one[whose] ?? '';
          return (
            <>
              <Select label={t`For`} data={WHOSE} value={whose} allowDeselect={false} pr={28} onChange={(next) => change({ team_id: undefined, organization_id: undefined, [next ?? whose]: '' })} />
              <WhoseField whose={whose} value={name} error={refused.at(place, whose)} onChange={(value) => change({ [whose]: value })} />
              <TargetField id={`alias-overrides-${place}`} value={one.litellm_model} error={refused.at(place, 'litellm_model')} onChange={(value) => change({ litellm_model: value.trim() })} />
              {name && one.litellm_model && (
                <Text size="sm" c="dimmed" className="break">
                  {sentenceOf(alias.alias, one)}
                </Text>
              )}
            </>
          );
        }}
      </RowsField>
    </SaveDrawer>
  );
}

function WhoseField({ whose, value, error, onChange }: { whose: Whose; value: string; error?: string; onChange: (value: string) => void }) {
  const [q] = useDebouncedValue(value.trim(), 200);
  const found = useQuery({
    queryKey: ['override-callers', whose, q],
    queryFn: async () => {
      const asked = { params: { query: { q: q || undefined, limit: SHOWN } } };
      if (whose === 'team_id') return (await answer(api.GET('/api/teams', asked))).teams.map((one) => one.team_id);
      return (await answer(api.GET('/api/organizations', asked))).organizations.map((one) => one.organization_id);
    },
    placeholderData: (before, query) => (query?.queryKey[1] === whose ? before : undefined),
  });
  return <Autocomplete label={whose === 'team_id' ? t`Team` : t`Organization`} placeholder={whose === 'team_id' ? 'acme-prod' : 'org_acme'} data={found.data ?? []} filter={({ options }) => options} openOnFocus={false} required value={value} error={error} onChange={(name) => onChange(name.trim())} classNames={{ input: 'mono' }} />;
}
