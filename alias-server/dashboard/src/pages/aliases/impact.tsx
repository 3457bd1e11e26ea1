// Who would notice: the teams that reach an alias, and how much they called it.
import { Accordion, Alert, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';

import type { Alias } from '../../api/types';
import { count, counted } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { useCallsByTeam, useTeamsOf, WEEK } from './queries';

export interface Impact {
  ready: boolean;
  teams: { team: string; calls: number }[];
  calls: number;
  callers: number;
}

export function useImpact(alias: Alias): Impact & { error: unknown; retry: () => void } {
  const teams = useTeamsOf(alias);
  const usage = useCallsByTeam(alias.alias, WEEK);
  const calls = new Map((usage.data?.rows ?? []).map((row) => [row.group ?? '', row.calls]));
  const listed = (teams.data ?? []).map(({ team }) => ({ team, calls: calls.get(team) ?? 0 })).sort((a, b) => b.calls - a.calls);
  return {
    ready: teams.isSuccess && usage.isSuccess,
    error: teams.error ?? usage.error,
    retry: () => void Promise.all([teams.refetch(), usage.refetch()]),
    teams: listed,
    calls: listed.reduce((sum, one) => sum + one.calls, 0),
    callers: listed.filter((one) => one.calls > 0).length,
  };
}

interface Props {
  alias: Alias;
  impact: ReturnType<typeof useImpact>;
  /** `lose access`, `get an error`. */
  what: { one: string; many: string };
}

export function ImpactText({ alias, impact, what }: Props) {
  if (impact.error) return <LoadError what="who would be affected" error={impact.error} onRetry={impact.retry} />;
  if (!impact.ready) return <Text size="sm" c="dimmed" role="status">Counting who uses it…</Text>;
  const { teams, calls, callers } = impact;
  if (teams.length === 0) {
    return (
      <Alert variant="outline" color="gray" icon={<IconInfoCircle size={20} />}>
        <Text size="sm">No team can use {alias.alias} now.</Text>
      </Alert>
    );
  }
  const silent = teams.length - callers;
  const heavy = teams.filter((one) => one.calls > 0);
  return (
    <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
      <Stack gap={4}>
        <Text size="sm" fw={600}>
          {counted(teams.length, 'team')} {teams.length === 1 ? what.one : what.many}.
        </Text>
        <Text size="sm">{callers > 0 ? `${count(callers)} of them called it ${counted(calls, 'time')} in the last 7 days.` : 'None of them called it in the last 7 days.'}</Text>
        <Accordion variant="filled" chevronPosition="left" styles={{ item: { background: 'none' }, control: { paddingInline: 0 }, label: { paddingBlock: 4 } }}>
          <Accordion.Item value="teams">
            <Accordion.Control>
              <Text size="sm">Which teams</Text>
            </Accordion.Control>
            <Accordion.Panel>
              <List size="sm" mah={200} style={{ overflowY: 'auto' }} tabIndex={0}>
                {heavy.map((one) => (
                  <List.Item key={one.team}>
                    {one.team}: {counted(one.calls, 'call')}
                  </List.Item>
                ))}
                {silent > 0 && <List.Item>{heavy.length > 0 ? `${count(silent)} without calls: ` : ''}{teams.filter((one) => one.calls === 0).map((one) => one.team).join(', ')}</List.Item>}
              </List>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Alert>
  );
}
