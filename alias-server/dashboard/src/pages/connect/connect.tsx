// Connect: what a client needs, as code in its language.
import { Alert, Group, Select, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';

import { CopyButton } from '../../elements/copy-button';
import { FoundSelect } from '../../elements/found-select';
import { Loaded } from '../../elements/loaded';
import { PageHead } from '../../elements/page-head';
import { Panel } from '../../elements/panel';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { useTeamIds, useTeamModels } from '../teams/queries';
import { Snippets } from './snippets';

export default function Connect() {
  const url = useUrlState();
  const teams = useTeamIds('');
  const team = url.get('team') || (teams.data?.[0]?.value ?? '');
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
              !team ? (
                <Text size="sm">{t`There is no team yet: create one, and its key is what clients call with.`}</Text>
              ) : (
                <Stack>
                  <Group align="flex-end">
                    <FoundSelect label={t`Team`} useFound={useTeamIds} failure={t`The teams could not be read`} nothingFoundMessage={t`No such team`} value={team} allowDeselect={false} onChange={(value) => url.set({ team: value, model: null })} />
                    <Select label={t`Model`} description={t`Only what this team can call`} searchable limit={50} data={callable} value={model || null} placeholder={t`none`} allowDeselect={false} onChange={(value) => url.set({ team, model: value })} />
                  </Group>
                  <Loaded query={models} what={t`the models of ${team}`}>
                    {() =>
                      model ? (
                        <Snippets model={model} />
                      ) : (
                        <Alert variant="outline" color="yellow" icon={<IconInfoCircle size={20} color="var(--alias-warn)" />}>
                          <Text size="sm">{t`${team} can call no model yet. Grant it an access group first.`}</Text>
                        </Alert>
                      )
                    }
                  </Loaded>
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
