// Organizations: whose teams are whose.
import { Button, Group } from '@mantine/core';
import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { OrganizationSummary } from '../../api/types';
import { Credits } from '../../elements/credits';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { SearchField } from '../../elements/filters';
import { count } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { PageHead } from '../../elements/page-head';
import { Standing } from '../../elements/status';
import { Time } from '../../elements/time';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { organizationPath } from './queries';

const OrganizationForm = lazily(async () => (await import('./organization-form')).OrganizationForm);

const COLUMNS: Column<OrganizationSummary>[] = [
  {
    key: 'organization',
    title: t`Organization`,
    sort: 'organization_id',
    cell: (row) => (
      <>
        <Group gap={6} wrap="nowrap">
          <Link className="row-link" to={organizationPath(row.organization_id)}>
            {row.name}
          </Link>
          <Managed by={row.managed_by} />
        </Group>
        <span className="second-line one-line mono">{row.organization_id}</span>
      </>
    ),
  },
  { key: 'status', title: t`Status`, cell: (row) => <Standing status={row.status} /> },
  { key: 'teams', title: t`Teams`, numeric: true, cell: (row) => count(row.team_count) },
  { key: 'credits', title: t`Credits allocated`, numeric: true, cell: (row) => <Credits of={row.total_credits_allocated} /> },
  { key: 'updated', title: t`Updated`, cell: (row) => <Time at={row.updated_at} /> },
];

export default function Organizations() {
  const url = useUrlState();
  const create = useOverlay('create');
  const { may } = useSession();
  const page = pageOf(url);
  const q = url.get('q') || undefined;
  const sort = url.get('sort') || undefined;
  const list = useQuery({
    queryKey: ['organizations', { q, sort }, page],
    queryFn: () => answer(api.GET('/api/organizations', { params: { query: { q, sort, ...page } } })),
    placeholderData: keepPreviousData,
  });
  const governs = may('governOrganizations');
  return (
    <>
      <PageHead
        title={t`Organizations`}
        lead={t`An organization is a client of yours, or a department. Its teams call.`}
        actions={
          <>
            <ExportMenu<OrganizationSummary>
              name="organizations"
              many={t`organizations`}
              read={async (part, signal) => {
                const list = await answer(api.GET('/api/organizations', { params: { query: { q, sort, ...part } }, signal }));
                return { rows: list.organizations, total: list.total, next: list.next_cursor ?? undefined };
              }}
            />
            {governs && (
              <Button data-shortcut="create" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => create.open()}>
                {t`Create Organization`}
              </Button>
            )}
          </>
        }
      />
      <div className="panel">
        <div className="filters">
          <SearchField url={url} label={t`Search organizations`} />
        </div>
        <DataTable
          name="organizations"
          many={t`organizations`}
          columns={COLUMNS}
          rows={list.data?.organizations}
          total={list.data?.total}
          error={list.error}
          onRetry={() => void list.refetch()}
          url={url}
          defaultSort="organization_id"
          id={(row) => row.organization_id}
          empty={
            q ? (
              <Empty icon={IconBuilding} title={t`No organization matches`} actions={<Button variant="default" onClick={() => url.set({ q: null })}>{t`Clear search`}</Button>} />
            ) : (
              <Empty icon={IconBuilding} title={t`No organizations yet`} actions={governs && <Button onClick={() => create.open()}>{t`Create your first organization`}</Button>}>
                {t`Teams belong to an organization, so this comes first.`}
              </Empty>
            )
          }
        />
      </div>
      {create.opened && governs && <OrganizationForm onClose={create.close} />}
    </>
  );
}
