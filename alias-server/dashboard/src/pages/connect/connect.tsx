// Connect: what a client needs, as code in its language.
import { Alert, Group, Select, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { CopyButton } from '../../elements/copy-button';
import { Loaded } from '../../elements/loaded';
import { PageHead } from '../../elements/page-head';
import { Panel } from '../../elements/panel';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { useTeamModels } from '../teams/queries';
import { Snippets } from './snippets';

export default function Connect() {
  const url = useUrlState();
  const teams = useQuery({ queryKey: ['teams', 'names'], queryFn: () => answer(api.GET('/api/teams', { params: { query: { limit: 1000 } } })) });
  const names = (teams.data?.teams ?? []).map((team) => team.team_id);
  const team = names.includes(url.get('team')) ? url.get('team') : (names[0] ?? '');
  const models = useTeamModels(team);
  const callable = (models.data?.models ?? []).map((one) => one.alias);
  const model = callable.includes(url.get('model')) ? url.get('model') : (callable[0] ?? '');
  return (
    <>
      <PageHead title={t`Connect`} lead={t`Point any OpenAI client here; only its base URL, key and model change.`} />
      <Stack>
        <Panel title={t`Base URL`}>
          <Group gap={6}>
            <span className="mono break" style={{ fontSize: 16 }}>
              {location.origin}/v1
            </span>
            <CopyButton value={`${location.origin}/v1`} label={t`Copy base URL`} />
          </Group>
        </Panel>
        <Panel title={t`Code`}>
          <Loaded query={teams} what={t`the teams`}>
            {() =>
              names.length === 0 ? (
                <Text size="sm">{t`There is no team yet: create one, and its key is what clients call with.`}</Text>
              ) : (
                <Stack>
                  <Group align="flex-end">
                    <Select label={t`Team`} searchable data={names} value={team} allowDeselect={false} onChange={(value) => url.set({ team: value, model: null })} />
                    <Select label={t`Model`} description={t`Only what this team can call`} searchable data={callable} value={model || null} placeholder={t`none`} allowDeselect={false} onChange={(value) => url.set({ team, model: value })} />
                  </Group>
                  {models.data && callable.length === 0 ? (
                    <Alert variant="outline" color="yellow" icon={<IconInfoCircle size={20} color="var(--alias-warn)" />}>
                      <Text size="sm">{t`${team} can call no model yet. Grant it an access group first.`}</Text>
                    </Alert>
                  ) : (
                    model && <Snippets model={model} />
                  )}
                  <Text size="sm" c="dimmed">
                    {t`In the place of sk-… goes the team’s key. It was shown once when it was made; a new one can be made on the team’s page.`}
                  </Text>
                </Stack>
              )
            }
          </Loaded>
        </Panel>
      </Stack>
    </>
  );
}
