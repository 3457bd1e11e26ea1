// One team: what it can call, its credits, its keys, what it used.
import { Button, Menu, Stack } from '@mantine/core';
import { IconEdit, IconPlayerPause, IconPlayerPlay, IconBan, IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from 'react-router';

import type { Team } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { ObjectPage } from '../../elements/object-page';
import { PageHead } from '../../elements/page-head';
import { Panel } from '../../elements/panel';
import { RowMenu } from '../../elements/row-menu';
import { Standing } from '../../elements/status';
import { PageTabs } from '../../elements/tabs';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { WhyNot } from '../explain/explain';
import { BudgetsPanel } from '../budgets/budgets-panel';
import { AccessPanel, CanCall } from './access';
import { CreditsPanel } from './credits';
import { KeysPanel } from './keys';
import { LimitsPanel } from './limits-panel';
import { useTeam } from './queries';
import type { Standing as Next } from './standing';

const DeleteTeam = lazily(async () => (await import('./delete-team')).DeleteTeam);
const StandingDialog = lazily(async () => (await import('./standing')).StandingDialog);
const TeamEditForm = lazily(async () => (await import('./edit-form')).TeamEditForm);
const TeamUsage = lazily(async () => (await import('./usage')).TeamUsage);
const Transactions = lazily(async () => (await import('./transactions')).Transactions);

const TRAIL = { label: t`Teams`, to: '/teams' };

export default function TeamDetail() {
  const { team: name = '' } = useParams();
  return (
    <ObjectPage read={useTeam(name)} name={name} kind={t`team`} windowTitle={t`${name} · Teams`} trail={[TRAIL]}>
      {(team) => <Found team={team} />}
    </ObjectPage>
  );
}

function Found({ team }: { team: Team }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const edit = useOverlay('edit');
  const standing = useOverlay('standing');
  const deleting = useOverlay('delete');
  const governs = may('governTeams');
  return (
    <>
      <PageHead
        title={team.team_id}
        windowTitle={t`${team.team_id} · Teams`}
        lead={
          <>
            {team.team_alias !== team.team_id && `${team.team_alias} · `}
            {team.organization_id}
            {team.status_reason && ` · ${team.status_reason}`}
            {team.pause_until && (
              <>
                {' '}
                {t`· until ${<Time at={team.pause_until} />}`}
              </>
            )}
          </>
        }
        trail={[TRAIL, { label: team.team_id }]}
        aside={
          <>
            <CopyButton value={team.team_id} label={t`Copy ${team.team_id}`} />
            <Standing status={team.status} />
            <Managed by={team.managed_by} />
          </>
        }
        actions={
          <>
            {may('editTeam') && (
              <Button variant="default" data-shortcut="edit" leftSection={<IconEdit size={16} aria-hidden />} onClick={() => edit.open()}>
                {t`Edit`}
              </Button>
            )}
            {governs && (
              <RowMenu name={team.team_id}>{() => (<>
                {team.status === 'active' ? (
                  <>
                    <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => standing.open('paused')}>
                      {t`Pause…`}
                    </Menu.Item>
                    <Menu.Item leftSection={<IconBan size={16} />} onClick={() => standing.open('suspended')}>
                      {t`Suspend…`}
                    </Menu.Item>
                  </>
                ) : (
                  <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => standing.open('active')}>
                    {t`Resume…`}
                  </Menu.Item>
                )}
                <Menu.Divider />
                <Menu.Item leftSection={<IconTrash size={16} />} c="var(--alias-bad)" onClick={() => deleting.open()}>
                  {t`Delete…`}
                </Menu.Item>
              </>)}</RowMenu>
            )}
          </>
        }
      />
      <PageTabs
        parts={[
          {
            value: 'overview',
            label: t`Overview`,
            content: () => (
              <Stack>
                <div className="grid-2">
                  <CreditsPanel team={team} />
                  <LimitsPanel team={team} />
                </div>
                <div className="grid-2">
                  <AccessPanel team={team} />
                  <CanCall team={team} />
                </div>
                <KeysPanel team={team} />
                <BudgetsPanel scope={{ team_id: team.team_id }} />
                <Panel title={t`Explain access`}>
                  <WhyNot team={team.team_id} />
                </Panel>
              </Stack>
            ),
          },
          { value: 'usage', label: t`Usage`, content: () => <TeamUsage team={team} /> },
          { value: 'credits', label: t`Credits`, content: () => <Transactions team={team} /> },
        ]}
      />
      {edit.opened && may('editTeam') && <TeamEditForm team={team} onClose={edit.close} />}
      {standing.opened && governs && <StandingDialog team={team} next={standing.of as Next} onClose={standing.close} />}
      {deleting.opened && governs && <DeleteTeam team={team} onClose={deleting.close} onDeleted={() => void navigate('/teams', { replace: true })} />}
    </>
  );
}
