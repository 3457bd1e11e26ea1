// One organization: its teams, and what they used.
import { Button, Menu, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconEdit, IconPlayerPlay, IconBan, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { answer, api } from '../../api/client';
import type { Organization } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { Credits } from '../../elements/credits';
import { CreditsBar } from '../../elements/credits-bar';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { count, money } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { ObjectPage } from '../../elements/object-page';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { PageHead } from '../../elements/page-head';
import { Figure, Panel } from '../../elements/panel';
import { RowMenu } from '../../elements/row-menu';
import { type Head, SmallTable } from '../../elements/small-table';
import { Standing, STANDINGS } from '../../elements/status';
import { useOverlay } from '../../elements/url-state';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { BudgetsPanel } from '../budgets/budgets-panel';
import { teamPath } from '../teams/queries';
import { of, organizationsChanged, useOrganization } from './queries';

const OrganizationForm = lazily(async () => (await import('./organization-form')).OrganizationForm);

const TRAIL = { label: t`Organizations`, to: '/organizations' };

export default function OrganizationDetail() {
  const { organization: id = '' } = useParams();
  return (
    <ObjectPage read={useOrganization(id)} name={id} kind={t`organization`} windowTitle={t`${id} · Organizations`} trail={[TRAIL]}>
      {(organization) => <Found organization={organization} />}
    </ObjectPage>
  );
}

function Found({ organization }: { organization: Organization }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const edit = useOverlay('edit');
  const standing = useOverlay('standing');
  const deleting = useOverlay('delete');
  const governs = may('governOrganizations');
  const usage = organization.usage_summary;
  return (
    <>
      <PageHead
        title={organization.name}
        windowTitle={t`${organization.name} · Organizations`}
        lead={organization.organization_id}
        trail={[TRAIL, { label: organization.name }]}
        aside={
          <>
            <CopyButton value={organization.organization_id} label={t`Copy ${organization.organization_id}`} />
            <Standing status={organization.status} />
            <Managed by={organization.managed_by} />
          </>
        }
        actions={
          <>
            {may('editOrganization') && (
              <Button variant="default" data-shortcut="edit" leftSection={<IconEdit size={16} aria-hidden />} onClick={() => edit.open()}>
                {t`Edit`}
              </Button>
            )}
            {governs && (
              <RowMenu name={organization.name}>{() => (<>
                <Menu.Item leftSection={organization.status === 'active' ? <IconBan size={16} /> : <IconPlayerPlay size={16} />} onClick={() => standing.open()}>
                  {organization.status === 'active' ? t`Suspend or pause…` : t`Resume…`}
                </Menu.Item>
                <Menu.Item leftSection={<IconTrash size={16} />} c="var(--alias-bad)" onClick={() => deleting.open()}>
                  {t`Delete…`}
                </Menu.Item>
              </>)}</RowMenu>
            )}
          </>
        }
      />
      <Stack>
        <div className="grid-4">
          <div className="panel pad"><Figure label={t`Teams`} value={count(organization.team_count)} /></div>
          <div className="panel pad"><Figure label={t`Credits allocated`} value={<Credits of={organization.total_credits_allocated} />} note={t`${<Credits of={usage.credits_used} />} used`} /></div>
          <div className="panel pad"><Figure label={t`Jobs`} value={count(usage.total_jobs)} /></div>
          <div className="panel pad"><Figure label={t`Spend`} value={money(usage.total_cost_usd)} /></div>
        </div>
        <Teams organization={organization} />
        <BudgetsPanel scope={{ organization_id: organization.organization_id }} />
      </Stack>
      {edit.opened && may('editOrganization') && <OrganizationForm editing={organization} onClose={edit.close} />}
      {standing.opened && governs && <StandingDialog organization={organization} onClose={standing.close} />}
      {deleting.opened && governs && <DeleteDialog organization={organization} onClose={deleting.close} onDeleted={() => void navigate('/organizations', { replace: true })} />}
    </>
  );
}

const TEAM_HEADS: Head<Organization['teams'][number]>[] = [
  {
    title: t`Team`,
    cell: (team) => (
      <>
        <Link className="row-link mono" to={teamPath(team.team_id)}>
          {team.team_id}
        </Link>
        {team.team_alias !== team.team_id && <span className="second-line one-line">{team.team_alias}</span>}
      </>
    ),
  },
  { title: t`Status`, cell: (team) => <Standing status={team.status} /> },
  { title: t`Credits left`, width: 220, cell: (team) => <CreditsBar remaining={team.credits_remaining} allocated={team.credits_allocated} /> },
];

function Teams({ organization }: { organization: Organization }) {
  const { may } = useSession();
  return (
    <Panel
      title={t`Teams`}
      actions={
        may('governTeams') && (
          <Button size="xs" variant="default" component={Link} to={`/teams?create=${encodeURIComponent(organization.organization_id)}`} leftSection={<IconPlus size={14} aria-hidden />}>
            {t`Create Team`}
          </Button>
        )
      }
    >
      <SmallTable label={t`Teams of the organization`} heads={TEAM_HEADS} rows={organization.teams} id={(team) => team.team_id} empty={t`No teams yet: nobody calls for this organization.`} />
    </Panel>
  );
}

function StandingDialog({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const client = useQueryClient();
  const active = organization.status === 'active';
  const [status, setStatus] = useState<'active' | 'paused' | 'suspended'>(active ? 'suspended' : 'active');
  const [reason, setReason] = useState('');
  const submit = useSubmit(async () => {
    await answer(api.PUT('/api/organizations/{organization}/status', { params: of(organization.organization_id), body: { status, reason: reason || undefined } }));
    done(t`${organization.name} is ${(STANDINGS[status] ?? status).toLowerCase()}`);
    await organizationsChanged(client);
    onClose();
  });
  const title = active ? t`Suspend or pause ${organization.name}?` : t`Resume ${organization.name}?`;
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm">{active ? plural(organization.team_count, '# team cannot call until it is resumed.', '# teams cannot call until it is resumed.') : plural(organization.team_count, 'Its # team can call again, unless they are stopped themselves.', 'Its # teams can call again, unless they are stopped themselves.')}</Text>
          {active && <Select label={t`How`} data={[{ value: 'suspended', label: t`Suspend: clients get 403` }, { value: 'paused', label: t`Pause: clients get 429` }]} value={status} allowDeselect={false} onChange={(value) => setStatus(value === 'paused' ? 'paused' : 'suspended')} />}
          <TextInput label={t`Reason`} data-autofocus value={reason} error={submit.of('reason')} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={active ? (status === 'paused' ? t`Pause organization` : t`Suspend organization`) : t`Resume organization`} danger={active} busy={submit.busy} onCancel={onClose} curl={() => ({ method: 'PUT', path: `/api/organizations/${encodeURIComponent(organization.organization_id)}/status`, body: { status, reason: reason || undefined } })} />
        </Stack>
      </form>
    </Modal>
  );
}

function DeleteDialog({ organization, onClose, onDeleted }: { organization: Organization; onClose: () => void; onDeleted: () => void }) {
  const client = useQueryClient();
  const id = organization.organization_id;
  const [typed, setTyped] = useState('');
  const submit = useSubmit(async () => {
    await answer(api.DELETE('/api/organizations/{organization}', { params: { ...of(id), query: { confirm: typed } } }));
    done(t`Deleted ${organization.name}`);
    onClose();
    onDeleted();
    await organizationsChanged(client);
  });
  return (
    <Modal opened onClose={onClose} title={t`Delete ${organization.name}?`} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm">
            {organization.team_count > 0 ? plural(organization.team_count, '# team and their keys go with it: {0}.', '# teams and their keys go with it: {0}.', organization.teams.map((team) => team.team_id).join(', ')) : t`It has no teams.`} {t`What they used stays in the books. It cannot be restored.`}
          </Text>
          <TextInput label={t`Type ${id} to delete it`} value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} classNames={{ input: 'mono' }} />
          <FormButtons submit={t`Delete organization`} danger busy={submit.busy} disabled={typed !== id} onCancel={onClose} cancelFirst curl={() => ({ method: 'DELETE', path: `/api/organizations/${encodeURIComponent(id)}?confirm=${encodeURIComponent(id)}` })} />
        </Stack>
      </form>
    </Modal>
  );
}
