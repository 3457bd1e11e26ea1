// Explain access: why a team can or cannot use a model, check by check, and what mends it.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconZoomQuestion } from '@tabler/icons-react';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';

import { Empty } from '../../elements/empty';
import { FoundSelect } from '../../elements/found-select';
import { PageHead } from '../../elements/page-head';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { useTeamIds } from '../teams/queries';
import { Explained } from './explained';

/** Also what was asked before: it may have been mended meanwhile. */
const askAnew = (client: QueryClient) => void client.invalidateQueries({ queryKey: ['explain'] });

export default function Explain() {
  const url = useUrlState();
  const [team, setTeam] = useState('');
  const [model, setModel] = useState('');
  const [request, setRequest] = useState('');
  // Another question in the address is one in the form: Back, the palette, a link.
  const { get } = url;
  useEffect(() => {
    setTeam(get('team'));
    setModel(get('model'));
    setRequest(get('request'));
  }, [get]);
  const client = useQueryClient();
  const ask = (event: FormEvent) => {
    event.preventDefault();
    askAnew(client);
    url.set(request.trim() ? { request: request.trim(), team: null, model: null } : { request: null, team, model: model.trim() });
  };
  const about = url.get('request') ? { request_id: url.get('request') } : { team: url.get('team'), model: url.get('model') || undefined };
  const asked = Boolean(url.get('request') || url.get('team'));
  return (
    <>
      <PageHead title={t`Explain access`} lead={t`Why can’t team X use model Y? Every check of a call in its order, and what mends the first that fails.`} />
      <Stack>
        <form className="panel filters" onSubmit={ask}>
          <FoundSelect label={t`Team`} placeholder={t`Search teams`} clearable clearButtonProps={{ 'aria-label': t`Clear team` }} useFound={useTeamIds} value={team} onChange={setTeam} nothingFoundMessage={t`No such team`} failure={t`The teams could not be read`} />
          <TextInput label={t`Model`} placeholder={t`the team’s default`} value={model} onChange={(event) => setModel(event.currentTarget.value)} spellCheck={false} autoComplete="off" />
          <Text size="sm" c="dimmed" mt={24}>
            {t`or`}
          </Text>
          <TextInput label={t`Request id`} placeholder="req_…" value={request} onChange={(event) => setRequest(event.currentTarget.value)} spellCheck={false} autoComplete="off" />
          <Button type="submit" mt={24} disabled={!request.trim() && !team}>
            {t`Explain`}
          </Button>
        </form>
        {asked ? (
          <Explained about={about} />
        ) : (
          <div className="panel">
            <Empty icon={IconZoomQuestion} title={t`Choose a team and a model`}>
              {t`Or paste the id that an answer carried in ${<span className="mono">x-request-id</span>}, to see why that call went as it did.`}
            </Empty>
          </div>
        )}
      </Stack>
    </>
  );
}

/** The question of one team, on its own page. */
export function WhyNot({ team }: { team: string }) {
  const [model, setModel] = useState('');
  const [asked, setAsked] = useState('');
  const client = useQueryClient();
  const ask = (event: FormEvent) => {
    event.preventDefault();
    askAnew(client);
    setAsked(model.trim());
  };
  return (
    <Stack gap="sm">
      <form onSubmit={ask}>
        <Group align="flex-end" gap="xs">
          <TextInput label={t`Why can’t this team use`} placeholder="claude-3-haiku" value={model} onChange={(event) => setModel(event.currentTarget.value)} spellCheck={false} autoComplete="off" style={{ flex: '1 1 180px' }} />
          <Button type="submit" variant="default" disabled={!model.trim()}>
            {t`Explain`}
          </Button>
        </Group>
      </form>
      {asked && <Explained about={{ team, model: asked }} />}
    </Stack>
  );
}
