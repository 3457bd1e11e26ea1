// Which groups a team has, and what it can call through them.
import { ActionIcon, Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef, useState } from 'react';
import { Link } from 'react-router';

import type { Team } from '../../api/types';
import { Chooser } from '../../elements/chooser';
import { Loaded } from '../../elements/loaded';
import { failed, undoable } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { useFirst } from '../../elements/use-first';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { aliasPath, groupsFault, useGroupNames } from '../aliases/queries';
import { groupPath } from '../groups/queries';
import { changeGroup, teamsChanged, useTeamModels } from './queries';

export function AccessPanel({ team }: { team: Team }) {
  const client = useQueryClient();
  const { may } = useSession();
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const grants = may('grantAccess');
  const { first, more } = useFirst(team.access_groups);

  const change = async (group: string, granted: boolean, message: string) => {
    setBusy(true);
    try {
      await changeGroup(team.team_id, group, granted);
      undoable(message, async () => {
        await changeGroup(team.team_id, group, !granted);
        await teamsChanged(client);
      });
      await teamsChanged(client);
      return true;
    } catch (error) {
      failed(t`Changing the access groups`, error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const take = async (group: string) => {
    await change(group, false, t`Took ${group} from ${team.team_id}`);
    field.current?.focus();
  };
  return (
    <Panel title={t`Access groups`}>
      <Stack gap="sm">
        {team.access_groups.length === 0 && <Text size="sm">{t`None: this team can call no model.`}</Text>}
        <ul className="list-plain">
          {first.map((group) => (
            <li key={group} className="line">
              <Anchor component={Link} to={groupPath(group)} size="sm" className="break">
                {group}
              </Anchor>
              {grants && (
                <ActionIcon variant="subtle" color="gray" c="dimmed" size={28} aria-label={t`Take ${group} from ${team.team_id}`} disabled={busy} onClick={() => void take(group)}>
                  <IconX size={15} />
                </ActionIcon>
              )}
            </li>
          ))}
          {more && <li className="line">{more}</li>}
        </ul>
        {grants && <AddGroup team={team} field={field} onAdd={(group) => change(group, true, t`Granted ${group} to ${team.team_id}`)} />}
      </Stack>
    </Panel>
  );
}

function AddGroup({ team, field, onAdd }: { team: Team; field: RefObject<HTMLInputElement | null>; onAdd: (group: string) => Promise<boolean> }) {
  const groups = useGroupNames();
  const others = (groups.data ?? []).filter((one) => !team.access_groups.includes(one.group_name));
  const models = (group: string) => others.find((one) => one.group_name === group)?.model_count ?? 0;
  return (
    <Chooser field={field} label={t`Grant a group`} placeholder={t`Search groups`} choices={others.map((one) => one.group_name)} none={t`No other group`} fault={groupsFault(groups)} action={t`Grant`} onAdd={onAdd} note={(group) => plural(models(group), 'It has # alias.', 'It has # aliases.')} />
  );
}

export function CanCall({ team }: { team: Team }) {
  const models = useTeamModels(team.team_id);
  return (
    <Panel title={models.data ? t`Can call (${models.data.models.length})` : t`Can call`}>
      <Loaded query={models} what={t`what the team can call`}>
        {(list) => (
          <>
            {list.status !== 'active' && (
              <Text size="sm" mb="xs" style={{ color: 'var(--alias-warn)' }}>
                {t`Nothing for now: the team is ${list.status}. When it is active again:`}
              </Text>
            )}
            {list.models.length === 0 && <Text size="sm" c="dimmed">{t`No model. Grant it a group that has aliases.`}</Text>}
            <Models models={list.models} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Models({ models }: { models: NonNullable<ReturnType<typeof useTeamModels>['data']>['models'] }) {
  const { may } = useSession();
  const { first, more } = useFirst(models);
  return (
    <ul className="list-plain" style={{ maxHeight: 300, overflowY: 'auto' }} tabIndex={0} aria-label={t`Models that the team can call`}>
      {first.map((model) => (
        <li key={model.alias} className="line">
          {may('readCatalog') ? (
            <Link className="row-link mono" to={aliasPath(model.alias)}>
              {model.alias}
            </Link>
          ) : (
            <span className="mono">{model.alias}</span>
          )}
          <Group gap={4} wrap="nowrap">
            <span className="dim">{t`via`}</span>
            {model.via_groups.map((group) => (
              <Badge key={group}>{group}</Badge>
            ))}
          </Group>
        </li>
      ))}
      {more && <li className="line">{more}</li>}
    </ul>
  );
}
