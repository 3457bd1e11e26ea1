// What would come of doing the same to several aliases: the teams that lose at least one of them, and their calls.
import { Alert, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Impact } from '../../api/types';
import { count } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { plural, t } from '../../words';

const COUNTED_AT_MOST = 200;
const AT_ONCE = 8;
const TEAMS_SHOWN = 50;

type Loss = { aliases: number; calls: number };

async function impactsOf(ids: string[], action: 'delete' | 'disable', signal: AbortSignal): Promise<Map<string, Loss>> {
  const teams = new Map<string, Loss>();
  const add = (impact: Impact) => {
    for (const team of impact.teams) {
      if (team.loses.length === 0) continue;
      const before = teams.get(team.team_id) ?? { aliases: 0, calls: 0 };
      teams.set(team.team_id, { aliases: before.aliases + team.loses.length, calls: before.calls + team.last_7_days.calls });
    }
  };
  const left = [...ids];
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      add(await answer(api.GET('/api/model-aliases/{alias}/impact', { params: { path: { alias: id }, query: { action } }, signal })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return teams;
}

export function ImpactSum({ ids, action }: { ids: string[]; action: 'delete' | 'disable' }) {
  const few = ids.length <= COUNTED_AT_MOST;
  const sum = useQuery({ queryKey: ['impact', 'sum', action, ids], queryFn: ({ signal }) => impactsOf(ids, action, signal), enabled: few, staleTime: 0, gcTime: 0, retry: false });
  if (!few) return <Text size="sm">{t`More than ${count(COUNTED_AT_MOST)} aliases: which teams use them is not counted beforehand.`}</Text>;
  return (
    <Loaded query={sum} what={t`who would be affected`}>
      {(teams) => {
        if (teams.size === 0) return <Text size="sm">{t`No team can use any of them now.`}</Text>;
        const sorted = [...teams].sort((a, b) => b[1].calls - a[1].calls);
        const calls = sorted.reduce((all, [, loss]) => all + loss.calls, 0);
        return (
          <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
            <Text size="sm" fw={600}>
              {plural(teams.size, '# team loses at least one of them.', '# teams lose at least one of them.')}
            </Text>
            <Text size="sm">{calls > 0 ? plural(calls, 'They called them # time in the last 7 days.', 'They called them # times in the last 7 days.') : t`They did not call them in the last 7 days.`}</Text>
            <List size="sm" mah={180} style={{ overflowY: 'auto' }} tabIndex={0}>
              {sorted.slice(0, TEAMS_SHOWN).map(([team, loss]) => (
                <List.Item key={team}>
                  {team}: {plural(loss.aliases, '# alias', '# aliases')}, {plural(loss.calls, '# call', '# calls')}
                </List.Item>
              ))}
              {sorted.length > TEAMS_SHOWN && <List.Item>{plural(sorted.length - TEAMS_SHOWN, 'and # more team', 'and # more teams')}</List.Item>}
            </List>
          </Alert>
        );
      }}
    </Loaded>
  );
}
