// One access group: its aliases in two panes, and the teams that have it.
import { Anchor, Button, Menu, Text } from '@mantine/core';
import { IconEdit, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from 'react-router';

import type { Group } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { ObjectPage } from '../../elements/object-page';
import { PageHead } from '../../elements/page-head';
import { Panel } from '../../elements/panel';
import { RowMenu } from '../../elements/row-menu';
import { useOverlay } from '../../elements/url-state';
import { useFirst } from '../../elements/use-first';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { Members } from './members';
import { useGroup } from './queries';

const DeleteGroup = lazily(async () => (await import('./delete-group')).DeleteGroup);
const GroupForm = lazily(async () => (await import('./group-form')).GroupForm);

export default function GroupDetail() {
  const { group: name = '' } = useParams();
  return (
    <ObjectPage read={useGroup(name)} name={name} kind={t`access group`} windowTitle={t`${name} · Model Access`} trail={[{ label: t`Model Access`, to: '/access-groups' }]}>
      {(group) => <Found group={group} />}
    </ObjectPage>
  );
}

function Found({ group }: { group: Group }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const edit = useOverlay('edit');
  const deleting = useOverlay('delete');
  const writes = may('writeCatalog');
  return (
    <>
      <PageHead
        title={group.group_name}
        windowTitle={t`${group.group_name} · Model Access`}
        lead={`${group.description ? `${group.description} · ` : ''}${plural(group.model_count, '# alias', '# aliases')} · ${plural(group.team_count, '# team', '# teams')}`}
        trail={[{ label: t`Model Access`, to: '/access-groups' }, { label: group.group_name }]}
        aside={
          <>
            <CopyButton value={group.group_name} label={t`Copy ${group.group_name}`} />
            <Managed by={group.managed_by} />
          </>
        }
        actions={
          writes && (
            <>
              <Button variant="default" data-shortcut="edit" leftSection={<IconEdit size={16} aria-hidden />} onClick={() => edit.open()}>
                {t`Edit`}
              </Button>
              <RowMenu name={group.group_name}>{() => (<>
                <Menu.Item leftSection={<IconTrash size={16} />} c="var(--alias-bad)" onClick={() => deleting.open()}>
                  {t`Delete…`}
                </Menu.Item>
              </>)}</RowMenu>
            </>
          )
        }
      />
      <Members group={group} />
      <div style={{ height: 16 }} />
      <Panel title={t`Teams with this group (${group.teams_with_access.length})`}>
        {group.teams_with_access.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t`No team has this group. Grant it on a team’s page.`}
          </Text>
        ) : (
          <Teams names={group.teams_with_access} />
        )}
      </Panel>
      {edit.opened && writes && <GroupForm editing={group} onClose={edit.close} />}
      {deleting.opened && writes && <DeleteGroup group={group} onClose={deleting.close} onDeleted={() => void navigate('/access-groups', { replace: true })} />}
    </>
  );
}

function Teams({ names }: { names: string[] }) {
  const { first, more } = useFirst(names);
  return (
    <ul className="list-plain wrap-list">
      {first.map((team) => (
        <li key={team}>
          <Anchor component={Link} to={`/teams/${encodeURIComponent(team)}`} size="sm">
            {team}
          </Anchor>
        </li>
      ))}
      {more && <li>{more}</li>}
    </ul>
  );
}
