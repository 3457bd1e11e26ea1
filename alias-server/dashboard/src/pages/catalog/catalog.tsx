// Model Management › Catalog: what is known of provider models, and their prices.
import { Badge, Button, Group, NumberInput, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconBooks } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { CatalogModel, CatalogModelDetails } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { ExportMenu } from '../../elements/export-menu';
import { ClearFilters, FilterMenu, SearchField } from '../../elements/filters';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { price, tokens } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { PageHead } from '../../elements/page-head';
import { Time } from '../../elements/time';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useEdited } from '../../elements/use-edited';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { useProviders } from '../aliases/queries';

const FILTERS = ['q', 'provider', 'mode'];
const MODES = ['chat', 'completion', 'embedding', 'responses', 'image_generation', 'audio_transcription', 'rerank'];

function columns(open: (model: string) => void): Column<CatalogModel>[] {
  return [
    {
      key: 'model',
      title: t`Model`,
      cell: (row) => (
        <Group gap={2} wrap="nowrap">
          <button type="button" className="text-button mono" onClick={() => open(row.model)}>
            {row.model}
          </button>
          <span className="on-hover">
            <CopyButton value={row.model} label={t`Copy ${row.model}`} />
          </span>
        </Group>
      ),
    },
    { key: 'mode', title: t`Mode`, cell: (row) => row.mode ?? '–' },
    { key: 'input', title: t`Input per 1M`, numeric: true, cell: (row) => (row.prices ? price(row.prices.input) : <Badge c="var(--alias-warn)">{t`unpriced`}</Badge>) },
    { key: 'output', title: t`Output per 1M`, numeric: true, cell: (row) => (row.prices ? price(row.prices.output) : '–') },
    { key: 'context', title: t`Context`, numeric: true, cell: (row) => (row.max_input_tokens ? tokens(row.max_input_tokens) : '–') },
    { key: 'can', title: t`Can`, cell: (row) => (row.capabilities.length ? <span className="one-line second-line">{row.capabilities.join(', ')}</span> : '–') },
    { key: 'retires', title: t`Retires`, cell: (row) => row.deprecation_date ?? '–' },
    { key: 'source', title: t`Price from`, hidden: true, cell: (row) => row.source },
  ];
}

export default function Catalog() {
  const url = useUrlState();
  const detail = useOverlay('edit');
  const providers = useProviders();
  const page = pageOf(url);
  const query = { q: url.get('q') || undefined, provider: url.get('provider') || undefined, mode: url.get('mode') || undefined };
  const list = useQuery({
    queryKey: ['catalog', query, page],
    queryFn: () => answer(api.GET('/api/catalog/models', { params: { query: { ...query, ...page } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHead
        title={t`Catalog`}
        lead={t`Provider models and their prices, in USD per 1M tokens. An alias without its own price takes the one from here.`}
        trail={[{ label: t`Model Management` }, { label: t`Catalog` }]}
        actions={
          <ExportMenu<CatalogModel>
            name="catalog"
            many={t`models`}
            read={async (part, signal) => {
              const found = await answer(api.GET('/api/catalog/models', { params: { query: { ...query, ...part } }, signal }));
              return { rows: found.models, total: found.total, next: found.next_cursor ?? undefined };
            }}
          />
        }
      />
      <div className="panel">
        <div className="filters">
          <SearchField url={url} label={t`Search models`} />
          <FilterMenu url={url} name="provider" label={t`Provider`} choices={(providers.data ?? []).map((one) => ({ value: one.provider, label: `${one.provider} (${one.models})` }))} />
          <FilterMenu url={url} name="mode" label={t`Mode`} choices={MODES.map((mode) => ({ value: mode, label: mode.replaceAll('_', ' ') }))} />
          <ClearFilters url={url} names={FILTERS} />
        </div>
        <DataTable
          name="models"
          many={t`models`}
          columns={columns(detail.open)}
          rows={list.data?.models}
          total={list.data?.total}
          error={list.error}
          onRetry={() => void list.refetch()}
          url={url}
          id={(row) => row.model}
          empty={
            <Empty icon={IconBooks} title={t`No model matches`}>
              {t`A model that is not in the catalog can be the target of an alias, too; its price is unknown then.`}
            </Empty>
          }
        />
      </div>
      {detail.opened && detail.of && <ModelDrawer model={detail.of} onClose={detail.close} />}
    </>
  );
}

const fetchModel = (model: string) => answer(api.GET('/api/catalog/models/{model}', { params: { path: { model } } }));

function ModelDrawer({ model, onClose }: { model: string; onClose: () => void }) {
  const read = useQuery({ queryKey: ['catalog', 'model', model], queryFn: () => fetchModel(model) });
  return (
    <Drawer opened onClose={onClose} title={model}>
      {read.data && <Found details={read.data} onClose={onClose} />}
      {read.error && <LoadError what={model} error={read.error} onRetry={() => void read.refetch()} />}
      {!read.data && !read.error && <Skeleton height={200} />}
    </Drawer>
  );
}

function Found({ details, onClose }: { details: CatalogModelDetails; onClose: () => void }) {
  const { may } = useSession();
  return (
    <Stack>
      <Group gap={4}>
        {details.capabilities.map((one) => (
          <Badge key={one}>{one}</Badge>
        ))}
      </Group>
      {may('writeCatalog') && (
        <>
          <Button component={Link} to={`/aliases?create=${encodeURIComponent(details.model)}`} variant="default">
            {t`Create an alias of this model`}
          </Button>
          <PriceForm details={details} onClose={onClose} />
        </>
      )}
      <div>
        <Text fw={600} size="sm">
          {t`Prices over time`}
        </Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t`From`}</Table.Th>
              <Table.Th ta="right">{t`Input`}</Table.Th>
              <Table.Th ta="right">{t`Output`}</Table.Th>
              <Table.Th>{t`Source`}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="number">
            {details.price_history.map((one) => (
              <Table.Tr key={one.price_id}>
                <Table.Td>
                  <Time at={one.valid_from} />
                </Table.Td>
                <Table.Td ta="right">{price(one.prices?.input)}</Table.Td>
                <Table.Td ta="right">{price(one.prices?.output)}</Table.Td>
                <Table.Td>{one.source}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}

/** By the names that refusals give them. */
const fieldsOf = (one: CatalogModelDetails | undefined): Record<'prices.input' | 'prices.output', string | number> => ({ 'prices.input': one?.prices?.input ?? '', 'prices.output': one?.prices?.output ?? '' });

function PriceForm({ details, onClose }: { details: CatalogModelDetails; onClose: () => void }) {
  const client = useQueryClient();
  const { read, fields, set, edit, save, put } = useEdited(details, fieldsOf);
  const [input, output] = [fields['prices.input'], fields['prices.output']];
  const body = { prices: { ...read?.prices, input: Number(input), output: Number(output) } };
  const submit = useSubmit(async () => {
    await save(
      ({ model }, header) => answer(api.PUT('/api/catalog/models/{model}', { params: { path: { model }, header }, body })),
      ({ model }) => fetchModel(model),
    );
    done(t`Saved the price of ${details.model}`);
    await Promise.all(['catalog', 'catalog-search', 'aliases', 'alias'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    onClose();
  });
  const unchanged = Object.keys(edit).length === 0;
  return (
    <form onSubmit={submit.onSubmit} noValidate>
      <Stack gap="sm">
        <FormError error={submit.error} />
        <Group grow align="flex-start">
          <NumberInput label={t`Input`} description={t`USD per 1M tokens`} min={0} decimalScale={6} prefix="$" value={input} error={submit.of('prices.input')} onChange={(value) => set('prices.input', value)} />
          <NumberInput label={t`Output`} description={t`USD per 1M tokens`} min={0} decimalScale={6} prefix="$" value={output} error={submit.of('prices.output')} onChange={(value) => set('prices.output', value)} />
        </Group>
        <Text size="sm" c="dimmed">
          {t`A new price counts for calls from now on; those before keep theirs.`}
        </Text>
        <FormButtons submit={t`Save price`} busy={submit.busy} disabled={unchanged || input === '' || output === ''} onCancel={onClose} curl={() => put(`/api/catalog/models/${encodeURIComponent(details.model)}`, body)} />
      </Stack>
    </form>
  );
}
