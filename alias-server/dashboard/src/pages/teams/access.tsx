// Which groups a team has, and what it can call through them.
import { ActionIcon, Anchor, Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import type { Team } from '../../api/types';
import { counted } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { failed, undoable } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { useSession } from '../../session/session';
import { aliasPath } from '../aliases/columns';
import { useGroupNames } from '../aliases/queries';
import { groupPath } from '../groups/queries';
import { setGroups, teamsChanged, useTeamModels } from './queries';

export function AccessPanel({ team }: { team: Team }) {
  const client = useQueryClient();
  const { may } = useSession();
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const grants = may('grantAccess');

  const change = async (groups: string[], message: string) => {
    const before = team.access_groups;
    setBusy(true);
    try {
      await setGroups(team.team_id, groups);
      undoable(message, async () => {
        await setGroups(team.team_id, before);
        await teamsChanged(client);
      });
      setChosen(null);
      await teamsChanged(client);
    } catch (error) {
      failed('Changing the access groups', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title="Access groups">
      <Stack gap="sm">
        {team.access_groups.length === 0 && <Text size="sm">None: this team can call no model.</Text>}
        <ul className="list-plain">
          {team.access_groups.map((group) => (
            <li key={group} className="line">
              <Anchor component={Link} to={groupPath(group)} size="sm" className="break">
                {group}
              </Anchor>
              {grants && (
                <ActionIcon variant="subtle" color="gray" c="dimmed" size={28} aria-label={`Take ${group} from ${team.team_id}`} disabled={busy} onClick={() => void change(team.access_groups.filter((one) => one !== group), `Took ${group} from ${team.team_id}`)}>
                  <IconX size={15} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
        {grants && <AddGroup team={team} chosen={chosen} setChosen={setChosen} busy={busy} onAdd={(group) => void change([...team.access_groups, group], `Granted ${group} to ${team.team_id}`)} />}
      </Stack>
    </Panel>
  );
}

function AddGroup({ team, chosen, setChosen, busy, onAdd }: { team: Team; chosen: string | null; setChosen: (group: string | null) => void; busy: boolean; onAdd: (group: string) => void }) {
  const groups = useGroupNames();
  const others = (groups.data ?? []).filter((one) => !team.access_groups.includes(one.group_name));
  const models = others.find((one) => one.group_name === chosen)?.model_count ?? 0;
  return (
    <>
      <Group align="flex-end" gap="xs">
        <Select label="Grant a group" placeholder="Search groups" searchable data={others.map((one) => one.group_name)} value={chosen} onChange={setChosen} nothingFoundMessage="No other group" style={{ flex: 1 }} />
        <Button variant="default" disabled={!chosen} loading={busy} onClick={() => chosen && onAdd(chosen)}>
          Grant
        </Button>
      </Group>
      {chosen && (
        <Text size="sm" c="dimmed" role="status">
          It has {counted(models, 'alias', 'aliases')}.
        </Text>
      )}
    </>
  );
}

export function CanCall({ team }: { team: Team }) {
  const models = useTeamModels(team.team_id);
  const { may } = useSession();
  return (
    <Panel title={`Can call${models.data ? ` (${models.data.models.length})` : ''}`}>
      <Loaded query={models} what="what the team can call">
        {(list) => (
          <>
            {list.status !== 'active' && (
              <Text size="sm" mb="xs" style={{ color: 'var(--alias-warn)' }}>
                Nothing for now: the team is {list.status}. When it is active again:
              </Text>
            )}
            {list.models.length === 0 && <Text size="sm" c="dimmed">No model. Grant it a group that has aliases.</Text>}
            <ul className="list-plain" style={{ maxHeight: 300, overflowY: 'auto' }} tabIndex={0} aria-label="Models that the team can call">
              {list.models.map((model) => (
                <li key={model.alias} className="line">
                  {may('readCatalog') ? (
                    <Link className="row-link mono" to={aliasPath(model.alias)}>
                      {model.alias}
                    </Link>
                  ) : (
                    <span className="mono">{model.alias}</span>
                  )}
                  <Group gap={4} wrap="nowrap">
                    <span className="dim">via</span>
                    {model.via_groups.map((group) => (
                      <Badge key={group}>{group}</Badge>
                    ))}
                  </Group>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
