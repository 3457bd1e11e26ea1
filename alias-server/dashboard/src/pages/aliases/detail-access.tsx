// Which groups hold an alias, and which teams reach it through them.
import { ActionIcon, Anchor, Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { Chooser } from '../../elements/chooser';
import { counted } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { done, failed, undoable } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { useSession } from '../../session/session';
import { CallersPanel } from './callers';
import { addToGroup, aliasesChanged, removeFromGroup, useGroupNames, useTeamsOf } from './queries';

export function AliasAccess({ alias }: { alias: Alias }) {
  return (
    <Stack gap="md">
      <div className="grid-2">
        <Groups alias={alias} />
        <Teams alias={alias} />
      </div>
      <CallersPanel alias={alias} />
    </Stack>
  );
}

function Groups({ alias }: { alias: Alias }) {
  const client = useQueryClient();
  const { may } = useSession();
  const groups = useGroupNames();
  const field = useRef<HTMLInputElement>(null);
  const teams = (group: string) => groups.data?.find((one) => one.group_name === group)?.team_count ?? 0;

  const add = async (group: string) => {
    try {
      await addToGroup(group, [alias.alias]);
    } catch (error) {
      failed(`Adding to ${group}`, error);
      return false;
    }
    done(`Added ${alias.alias} to ${group}`);
    await aliasesChanged(client);
    return true;
  };
  const remove = async (group: string) => {
    try {
      await removeFromGroup(group, [alias.alias]);
      undoable(`Removed ${alias.alias} from ${group}`, async () => {
        await addToGroup(group, [alias.alias]);
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
      field.current?.focus();
    } catch (error) {
      failed(`Removing from ${group}`, error);
    }
  };
  return (
    <Panel title="Access groups">
      <Stack gap="sm">
        {alias.access_groups.length === 0 && <Text size="sm">In no group: no team can use it yet.</Text>}
        <ul className="list-plain">
          {alias.access_groups.map((group) => (
            <li key={group} className="line">
              <Anchor component={Link} to={`/access-groups/${encodeURIComponent(group)}`} size="sm" className="break">
                {group}
              </Anchor>
              <Group gap={6} wrap="nowrap">
                <span className="dim">{counted(teams(group), 'team')}</span>
                {may('writeCatalog') && (
                  <ActionIcon variant="subtle" color="gray" c="dimmed" size={28} aria-label={`Remove ${alias.alias} from ${group}`} onClick={() => void remove(group)}>
                    <IconX size={15} />
                  </ActionIcon>
                )}
              </Group>
            </li>
          ))}
        </ul>
        {may('writeCatalog') && (
          <Chooser
            field={field}
            label="Add to group"
            placeholder="Search groups"
            choices={(groups.data ?? []).map((one) => one.group_name).filter((name) => !alias.access_groups.includes(name))}
            none="No such group"
            action="Add"
            onAdd={add}
            note={(group) => `${counted(teams(group), 'team')} can use ${alias.alias} then.`}
          />
        )}
      </Stack>
    </Panel>
  );
}

function Teams({ alias }: { alias: Alias }) {
  const teams = useTeamsOf(alias);
  return (
    <Panel title="Teams">
      <Loaded query={teams} what="its teams">
        {(list) =>
          list.length === 0 ? (
            <Text size="sm" c="dimmed">
              No team can use {alias.alias}.
            </Text>
          ) : (
            <div className="table-scroll" style={{ maxHeight: 480, overflowY: 'auto' }} tabIndex={0} role="region" aria-label="Teams">
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Team</Table.Th>
                    <Table.Th>Through</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {list.map(({ team, via }) => (
                    <Table.Tr key={team}>
                      <Table.Td>
                        <Link className="row-link" to={`/teams/${encodeURIComponent(team)}`}>
                          {team}
                        </Link>
                      </Table.Td>
                      <Table.Td>
                        <Group gap={4}>
                          {via.map((group) => (
                            <Badge key={group}>{group}</Badge>
                          ))}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}
