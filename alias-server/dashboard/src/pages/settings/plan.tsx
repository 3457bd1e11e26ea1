// What applying a file would change: every object, and every team that would gain or lose an alias.
import { Accordion, Alert, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

import type { Plan, PlannedChange } from '../../api/types';
import { Diff } from '../../elements/diff';
import { count, counted } from '../../elements/format';
import { Status } from '../../elements/status';

const SHOWN = 200;

const WORDS: Record<string, string> = { create: 'Create', update: 'Change', delete: 'Delete', adopt: 'Take over' };

export const changesOf = ({ summary }: Plan): number => summary.create + summary.update + summary.delete + summary.adopt;

export function PlanView({ plan }: { plan: Plan }) {
  const { summary } = plan;
  const losers = plan.access.filter((one) => one.lost.length > 0);
  const gainers = plan.access.filter((one) => one.gained.length > 0);
  return (
    <Stack gap="sm">
      <Text size="sm" role="status" className="number">
        <b>{count(summary.create)}</b> to create, <b>{count(summary.update)}</b> to change, <b>{count(summary.delete)}</b> to delete
        {summary.adopt > 0 && <>, <b>{count(summary.adopt)}</b> to take over</>}; {count(summary.unchanged)} as they are.
      </Text>
      {losers.length > 0 && (
        <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />}>
          <Text size="sm" fw={600}>
            {counted(losers.length, 'team')} {losers.length === 1 ? 'loses' : 'lose'} access to aliases.
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
              <Text size="sm">What changes</Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Changes changes={plan.changes} />
            </Accordion.Panel>
          </Accordion.Item>
        )}
        {gainers.length > 0 && (
          <Accordion.Item value="gains">
            <Accordion.Control>
              <Text size="sm">{counted(gainers.length, 'team')} {gainers.length === 1 ? 'gains' : 'gain'} access to aliases</Text>
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
      {teams.length > SHOWN && <List.Item>and {counted(teams.length - SHOWN, 'more team')}</List.Item>}
    </List>
  );
}

function Changes({ changes }: { changes: PlannedChange[] }) {
  return (
    <ul className="list-plain" aria-label="Changes" style={{ maxHeight: 420, overflowY: 'auto' }} tabIndex={0}>
      {changes.slice(0, SHOWN).map((one) => (
        <li key={`${one.kind} ${one.name}`} className="entry">
          <Status tone={one.operation === 'delete' ? 'bad' : one.operation === 'create' ? 'good' : 'off'}>
            {WORDS[one.operation] ?? one.operation} {one.kind.replaceAll('_', ' ')} {one.name}
            {one.teams > 0 && ` (${counted(one.teams, 'team')})`}
          </Status>
          {one.operation === 'update' && <Diff change={one.fields} />}
        </li>
      ))}
      {changes.length > SHOWN && <li className="entry">and {counted(changes.length - SHOWN, 'more change')}</li>}
    </ul>
  );
}
