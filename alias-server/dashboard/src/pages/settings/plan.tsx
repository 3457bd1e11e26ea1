// What applying a file would change: every object, and every team that would gain or lose an alias.
import { Accordion, Alert, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

import type { Plan, PlannedChange } from '../../api/types';
import { Diff } from '../../elements/diff';
import { count } from '../../elements/format';
import { Status } from '../../elements/status';
import { plural, t } from '../../words';

const SHOWN = 200;

const KINDS: Record<string, string> = { alias: t`alias`, access_group: t`access group`, organization: t`organization`, team: t`team` };

const WORDS: Record<string, string> = { create: t`Create`, update: t`Change`, delete: t`Delete`, adopt: t`Take over` };

export const changesOf = ({ summary }: Plan): number => summary.create + summary.update + summary.delete + summary.adopt;

export function PlanView({ plan }: { plan: Plan }) {
  const { summary } = plan;
  const losers = plan.access.filter((one) => one.lost.length > 0);
  const number = (value: number) => <b>{count(value)}</b>;
  const gainers = plan.access.filter((one) => one.gained.length > 0);
  return (
    <Stack gap="sm">
      <Text size="sm" role="status" className="number">
        {summary.adopt > 0
          ? t`${number(summary.create)} to create, ${number(summary.update)} to change, ${number(summary.delete)} to delete, ${number(summary.adopt)} to take over; ${count(summary.unchanged)} as they are.`
          : t`${number(summary.create)} to create, ${number(summary.update)} to change, ${number(summary.delete)} to delete; ${count(summary.unchanged)} as they are.`}
      </Text>
      {losers.length > 0 && (
        <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
          <Text size="sm" fw={600}>
            {plural(losers.length, '# team loses access to aliases.', '# teams lose access to aliases.')}
          </Text>
          <Named teams={losers.map((one) => [one.team_id, one.lost])} />
        </Alert>
      )}
      {plan.notes.map((note) => (
        <Text key={`${note.pointer} ${note.code}`} size="sm" c="dimmed" className="break">
          {note.message}
        </Text>
      ))}
      <Accordion multiple variant="separated" chevronPosition="left">
        {plan.changes.length > 0 && (
          <Accordion.Item value="changes">
            <Accordion.Control>
              <Text size="sm">{t`What changes`}</Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Changes changes={plan.changes} />
            </Accordion.Panel>
          </Accordion.Item>
        )}
        {gainers.length > 0 && (
          <Accordion.Item value="gains">
            <Accordion.Control>
              <Text size="sm">{plural(gainers.length, '# team gains access to aliases', '# teams gain access to aliases')}</Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Named teams={gainers.map((one) => [one.team_id, one.gained])} />
            </Accordion.Panel>
          </Accordion.Item>
        )}
      </Accordion>
    </Stack>
  );
}

function Named({ teams }: { teams: [string, string[]][] }) {
  return (
    <List size="sm" mah={220} style={{ overflowY: 'auto' }} tabIndex={0}>
      {teams.slice(0, SHOWN).map(([team, names]) => (
        <List.Item key={team} className="break">
          {team}: {names.join(', ')}
        </List.Item>
      ))}
      {teams.length > SHOWN && <List.Item>{plural(teams.length - SHOWN, 'and # more team', 'and # more teams')}</List.Item>}
    </List>
  );
}

function Changes({ changes }: { changes: PlannedChange[] }) {
  return (
    <ul className="list-plain" aria-label={t`Changes`} style={{ maxHeight: 420, overflowY: 'auto' }} tabIndex={0}>
      {changes.slice(0, SHOWN).map((one) => (
        <li key={`${one.kind} ${one.name}`} className="entry">
          <Status tone={one.operation === 'delete' ? 'bad' : one.operation === 'create' ? 'good' : 'off'}>
            {WORDS[one.operation] ?? one.operation} {KINDS[one.kind] ?? one.kind} {one.name}
            {one.teams > 0 && <> {plural(one.teams, '(# team)', '(# teams)')}</>}
          </Status>
          {one.operation === 'update' && <Diff change={one.fields} />}
        </li>
      ))}
      {changes.length > SHOWN && <li className="entry">{plural(changes.length - SHOWN, 'and # more change', 'and # more changes')}</li>}
    </ul>
  );
}
