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
import { useKeys, useTeamIds, useTeamModels } from '../teams/queries';
import { Snippets } from './snippets';

export default function Connect() {
  const url = useUrlState();
  const teams = useTeamIds('');
  const team = url.get('team') || (teams.data?.[0]?.value ?? '');
  const models = useTeamModels(team);
  const keys = useKeys(team);
  // What a key may call besides: all of the team where it names none.
  const key = keys.data?.keys.find((one) => one.key_id === url.get('key'));
  const callable = (models.data?.models ?? []).map((one) => one.alias).filter((alias) => !key?.models || key.models.includes(alias));
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
                    <FoundSelect label={t`Team`} useFound={useTeamIds} failure={t`The teams could not be read`} nothingFoundMessage={t`No such team`} value={team} allowDeselect={false} onChange={(value) => url.set({ team: value, key: null, model: null })} />
                    {keys.data && <Select label={t`Key`} description={key ? t`Ends in ${key.virtual_key_masked.slice(-4)}` : t`What it may call`} searchable limit={50} clearable clearButtonProps={{ 'aria-label': t`Clear key` }} data={keys.data.keys.map((one) => ({ value: one.key_id, label: one.name }))} value={key?.key_id ?? null} placeholder={t`any of the team`} onChange={(value) => url.set({ team, key: value })} />}
                    <Select label={t`Model`} description={key ? t`Only what this key can call` : t`Only what this team can call`} searchable limit={50} data={callable} value={model || null} placeholder={t`none`} allowDeselect={false} onChange={(value) => url.set({ team, model: value })} />
                  </Group>
                  <Loaded query={models} what={t`the models of ${team}`}>
                    {() =>
                      model ? (
                        <Snippets model={model} />
                      ) : (
                        <Alert variant="outline" color="yellow" icon={<IconInfoCircle size={20} color="var(--alias-warn)" />}>
                          <Text size="sm">{key ? t`${key.name} can call no model: none of its own is one of the team.` : t`${team} can call no model yet. Grant it an access group first.`}</Text>
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
