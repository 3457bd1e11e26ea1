// What would come of a change, as the server tells before it is made: who loses the name, and how much they called it.
import { Accordion, Alert, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Alias, Impact } from '../../api/types';
import { count } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { listed } from '../../elements/use-first';
import { plural, t } from '../../words';

export type Change = { action: 'delete' | 'disable' | 'enable' } | { action: 'switch'; litellm_model: string };

/** Asked anew each time: what is shown is what the write is held to. */
export const useImpact = (alias: Alias, change: Change, enabled = true) =>
  useQuery({
    queryKey: ['impact', alias.alias, alias.version, change],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/impact', { params: { path: { alias: alias.alias }, query: change } })),
    enabled,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

const namesOf = (teams: Impact['teams']): string => listed(teams.map((team) => team.team_id));

const losers = (impact: Impact) => impact.teams.filter((team) => team.loses.length > 0);

/** Calls of the last week by those who lose the name. */
export const callsOf = (impact: Impact): number => losers(impact).reduce((sum, team) => sum + team.last_7_days.calls, 0);

const LISTED = 100;

interface Props {
  name: string;
  impact: ReturnType<typeof useImpact>;
  /** What so many teams lose. */
  what: (teams: number) => string;
}

export function ImpactText({ name, impact, what }: Props) {
  if (impact.error) return <LoadError what={t`who would be affected`} error={impact.error} onRetry={() => void impact.refetch()} />;
  if (!impact.data) return <Text size="sm" c="dimmed" role="status">{t`Counting who uses it…`}</Text>;
  const teams = losers(impact.data).sort((a, b) => b.last_7_days.calls - a.last_7_days.calls);
  if (teams.length === 0) {
    return (
      <Alert variant="outline" color="gray" icon={<IconInfoCircle size={20} />}>
        <Text size="sm">{t`No team can use ${name} now.`}</Text>
      </Alert>
    );
  }
  const callers = teams.filter((team) => team.last_7_days.calls > 0);
  const silent = teams.filter((team) => team.last_7_days.calls === 0);
  const helped = teams.filter((team) => team.equivalents.length > 0);
  const others = [...new Set(helped.flatMap((team) => team.equivalents))];
  const defaults = teams.filter((team) => team.loses_default);
  return (
    <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
      <Stack gap={4}>
        <Text size="sm" fw={600}>
          {what(impact.data.teams_affected)}
        </Text>
        <Text size="sm">{callers.length > 0 ? plural(callsOf(impact.data), '{0} of them called it # time in the last 7 days.', '{0} of them called it # times in the last 7 days.', count(callers.length)) : t`None of them called it in the last 7 days.`}</Text>
        {helped.length > 0 && (
          <Text size="sm">
            {plural(helped.length, '# team keeps another name of the same model: {0}.', '# teams keep another name of the same model: {0}.', listed(others))}
          </Text>
        )}
        {defaults.length > 0 && <Text size="sm">{t`It is the default model of ${namesOf(defaults)}.`}</Text>}
        <Accordion variant="filled" chevronPosition="left" styles={{ item: { background: 'none' }, control: { paddingInline: 0 }, label: { paddingBlock: 4 } }}>
          <Accordion.Item value="teams">
            <Accordion.Control>
              <Text size="sm">{t`Which teams`}</Text>
            </Accordion.Control>
            <Accordion.Panel>
              <List size="sm" mah={200} style={{ overflowY: 'auto' }} tabIndex={0}>
                {callers.slice(0, LISTED).map((team) => (
                  <List.Item key={team.team_id}>
                    {team.team_id}: {plural(team.last_7_days.calls, '# call', '# calls')}
                  </List.Item>
                ))}
                {callers.length > LISTED && <List.Item>{t`and ${count(callers.length - LISTED)} more that call it less`}</List.Item>}
                {silent.length > 0 && (
                  <List.Item>
                    {callers.length > 0 ? t`${count(silent.length)} without calls: ${namesOf(silent)}` : namesOf(silent)}
                  </List.Item>
                )}
              </List>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Alert>
  );
}
