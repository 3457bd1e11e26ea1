// Which groups hold an alias, and which teams reach it through them.
import { ActionIcon, Anchor, Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { Chooser } from '../../elements/chooser';
import { Loaded } from '../../elements/loaded';
import { done, failed, undoable } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { useFirst } from '../../elements/use-first';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { CallersPanel } from './callers';
import { addToGroup, aliasesChanged, groupsFault, removeFromGroup, useGroupNames, useTeamsOf } from './queries';

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
  const teams = (group: string) => groups.data?.find((one) => one.group_name === group)?.team_count;
  const teamsOf = (group: string) => {
    const many = teams(group);
    return many === undefined ? null : <span className="dim">{plural(many, '# team', '# teams')}</span>;
  };

  const add = async (group: string) => {
    try {
      await addToGroup(group, [alias.alias]);
    } catch (error) {
      failed(t`Adding to ${group}`, error);
      return false;
    }
    done(t`Added ${alias.alias} to ${group}`);
    await aliasesChanged(client);
    return true;
  };
  const remove = async (group: string) => {
    try {
      await removeFromGroup(group, [alias.alias]);
      undoable(t`Removed ${alias.alias} from ${group}`, async () => {
        await addToGroup(group, [alias.alias]);
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
      field.current?.focus();
    } catch (error) {
      failed(t`Removing from ${group}`, error);
    }
  };
  return (
    <Panel title={t`Access groups`}>
      <Stack gap="sm">
        {alias.access_groups.length === 0 && <Text size="sm">{t`In no group: no team can use it yet.`}</Text>}
        <ul className="list-plain">
          {alias.access_groups.map((group) => (
            <li key={group} className="line">
              <Anchor component={Link} to={`/access-groups/${encodeURIComponent(group)}`} size="sm" className="break">
                {group}
              </Anchor>
              <Group gap={6} wrap="nowrap">
                {teamsOf(group)}
                {may('writeCatalog') && (
                  <ActionIcon variant="subtle" color="gray" c="dimmed" size={28} aria-label={t`Remove ${alias.alias} from ${group}`} onClick={() => void remove(group)}>
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
            label={t`Add to group`}
            placeholder={t`Search groups`}
            choices={(groups.data ?? []).map((one) => one.group_name).filter((name) => !alias.access_groups.includes(name))}
            none={t`No such group`}
            action={t`Add`}
            onAdd={add}
            fault={groupsFault(groups)}
            note={(group) => plural(teams(group) ?? 0, '# team can use {0} then.', '# teams can use {0} then.', alias.alias)}
          />
        )}
      </Stack>
    </Panel>
  );
}

function Teams({ alias }: { alias: Alias }) {
  const teams = useTeamsOf(alias);
  return (
    <Panel title={t`Teams`}>
      <Loaded query={teams} what={t`its teams`}>
        {(list) =>
          list.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t`No team can use ${alias.alias}.`}
            </Text>
          ) : (
            <TeamRows list={list} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function TeamRows({ list }: { list: { team: string; via: string[] }[] }) {
  const { first, more } = useFirst(list);
  return (
    <div className="table-scroll" style={{ maxHeight: 480, overflowY: 'auto' }} tabIndex={0} role="region" aria-label={t`Teams`}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t`Team`}</Table.Th>
            <Table.Th>{t`Through`}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {first.map(({ team, via }) => (
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
      {more}
    </div>
  );
}
