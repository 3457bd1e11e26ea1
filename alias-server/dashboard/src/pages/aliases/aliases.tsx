// Model Management › Aliases: the list, and what opens over it.
import { Anchor, Button, Group } from '@mantine/core';
import { IconFileImport, IconPlus, IconTags } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { ClearFilters, FilterChip, FilterMenu, SearchField } from '../../elements/filters';
import { lazily } from '../../elements/lazily';
import { LoadError } from '../../elements/load-error';
import { PageHead } from '../../elements/page-head';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { columnsOf } from './columns';
import { FILTERS, keyOf, queryOf, readAliases, readPart } from './list-query';
import { useMonth } from './month';
import { OpenedOver } from './opened-over';
import { groupsFault, useGroupNames, useProviders } from './queries';
import { AliasRowMenu } from './row-menu';

// What opens over the list is fetched when it is first opened.
const AliasForm = lazily(async () => (await import('./alias-form')).AliasForm);
const BulkBar = lazily(async () => (await import('./bulk-bar')).BulkBar);

export default function Aliases() {
  const url = useUrlState();
  const create = useOverlay('create');
  const edit = useOverlay('edit');
  const { may } = useSession();
  const [chosen, setChosen] = useState(new Set<string>());
  const { limit, offset } = pageOf(url);
  const list = useQuery({
    queryKey: keyOf(url),
    queryFn: ({ signal }) => readAliases(queryOf(url), limit, offset, signal),
    placeholderData: keepPreviousData,
  });
  const { month, error: monthError, retry } = useMonth(list.isSuccess);
  const writes = may('writeCatalog');
  const filtered = FILTERS.some((name) => url.get(name));
  return (
    <>
      <PageHead
        title={t`Aliases`}
        lead={t`Simple names that point to provider models.`}
        trail={[{ label: t`Model Management` }, { label: t`Aliases` }]}
        actions={
          <>
            {writes && (
              <Button variant="default" component={Link} to="/settings?tab=files" leftSection={<IconFileImport size={16} aria-hidden />}>
                {t`Import`}
              </Button>
            )}
            <ExportMenu<Alias> name="aliases" many={t`aliases`} read={(part, signal) => readPart(queryOf(url), part, signal)} />
            {writes && (
              <Button data-shortcut="create" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => create.open()}>
                {t`Create Alias`}
              </Button>
            )}
          </>
        }
      />
      <div className="panel">
        <Filters />
        {monthError && (
          <div style={{ padding: 12 }}>
            <LoadError what={t`the calls of 30 days`} error={monthError} onRetry={retry} />
          </div>
        )}
        <DataTable
          name="aliases"
          many={t`aliases`}
          columns={columnsOf(month)}
          rows={list.data?.rows}
          total={list.data?.total}
          error={list.error}
          onRetry={() => void list.refetch()}
          url={url}
          defaultSort="alias"
          id={(row) => row.alias}
          onEdit={writes ? (row) => edit.open(row.alias) : undefined}
          empty={filtered ? <NothingFound /> : <NoneYet writes={writes} onCreate={() => create.open()} />}
          actions={(row) => <AliasRowMenu alias={row} />}
          selection={writes ? { chosen, set: setChosen } : undefined}
        />
        {writes && chosen.size > 0 && <BulkBar chosen={chosen} setChosen={setChosen} total={list.data?.total ?? 0} query={queryOf(url)} />}
      </div>
      {create.opened && writes && <AliasForm start={startOf(create.of)} onClose={create.close} />}
      <OpenedOver rows={list.data?.rows ?? []} />
    </>
  );
}

/** `?create=openai/gpt-4` begins with that target. */
function startOf(of: string) {
  return of.includes('/') ? { litellm_model: of } : {};
}

function Filters() {
  const url = useUrlState();
  const providers = useProviders();
  const groups = useGroupNames();
  const choices = (names: string[] = []) => names.map((name) => ({ value: name, label: name }));
  return (
    <div className="filters">
      <SearchField url={url} label={t`Search alias, target, description`} />
      <FilterMenu url={url} name="status" label={t`Status`} choices={[{ value: 'active', label: t`Active` }, { value: 'disabled', label: t`Disabled` }, { value: 'deprecated', label: t`Deprecated` }]} />
      <FilterMenu url={url} name="provider" label={t`Provider`} choices={choices(providers.data?.filter((one) => one.aliases > 0).map((one) => one.provider))} />
      <FilterMenu url={url} name="group" label={t`Group`} choices={choices(groups.data?.map((group) => group.group_name))} fault={groupsFault(groups)} />
      <FilterChip url={url} name="unused" label={t`Unused 30 d`} />
      <FilterChip url={url} name="unpriced" label={t`Unpriced`} />
      <FilterChip url={url} name="unlisted" label={t`Not in catalog`} />
      <FilterChip url={url} name="ungrouped" label={t`In no group`} />
      {['team', 'tag'].map((name) => url.get(name) && <FilterChip key={name} url={url} name={name} value={url.get(name)} label={`${name}: ${url.get(name)}`} />)}
      <ClearFilters url={url} names={FILTERS} />
    </div>
  );
}

function NothingFound() {
  const url = useUrlState();
  return (
    <Empty icon={IconTags} title={t`No alias matches`} actions={<Button variant="default" onClick={() => url.set(Object.fromEntries(FILTERS.map((name) => [name, null])))}>{t`Clear filters`}</Button>}>
      {t`There are aliases, but none with this search and these filters.`}
    </Empty>
  );
}

function NoneYet({ writes, onCreate }: { writes: boolean; onCreate: () => void }) {
  return (
    <Empty
      icon={IconTags}
      title={t`No aliases yet`}
      actions={
        writes && (
          <Group gap="xs" justify="center">
            <Button onClick={onCreate}>{t`Create your first alias`}</Button>
            <Button variant="default" component={Link} to="/">
              {t`Start from a set`}
            </Button>
            <Button variant="default" component={Link} to="/settings?tab=files">
              {t`Import a file`}
            </Button>
          </Group>
        )
      }
    >
      {t`An alias is a simple name such as ${<span className="mono">smart</span>} that points to a provider model. The API has them, too: ${<Anchor href="/openapi.json" inherit underline="always">{t`its description`}</Anchor>}.`}
    </Empty>
  );
}
