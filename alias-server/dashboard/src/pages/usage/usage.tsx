// Usage: what was called, by whom, and what it cost, over a time that is chosen.
import { Select, Stack, Text } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { UsageRow } from '../../api/types';
import { DownloadButton } from '../../elements/download-button';
import { Empty } from '../../elements/empty';
import { ClearFilters, FilterChip } from '../../elements/filters';
import { count } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { LoadError } from '../../elements/load-error';
import { Loaded } from '../../elements/loaded';
import { PageHead } from '../../elements/page-head';
import { Panel } from '../../elements/panel';
import { type UrlState, useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { aliasPath } from '../aliases/queries';
import { organizationPath } from '../organizations/queries';
import { teamPath } from '../teams/queries';
import { AmountsChart, GROUPINGS } from './amounts-chart';
import { DateRange } from './date-range';
import { Insights } from './insights';
import { useMarkers } from './markers';
import { measureOf, MEASURES } from './measures';
import { periodBefore, rangeOf } from './range';
import { Sums } from './sums';
import { TimesChart } from './times-chart';
import { UsageTable } from './usage-table';

const Denied = lazily(async () => (await import('./denied')).Denied);

const NAMES: Record<string, string> = { alias: t`Alias`, team: t`Team`, organization: t`Organization`, provider: t`Provider`, model: t`Model`, key: t`Key`, job_type: t`Job type`, endpoint: t`Endpoint`, outcome: t`Outcome` };

const named = (grouping: string): string => NAMES[grouping] ?? grouping;

/** As many rows as one answer can have. */
const IN_CSV = 10_000;

const FILTERS = ['alias', 'team', 'organization'] as const;

function linkOf(grouping: string, row: UsageRow): string | null {
  const name = row.group ?? '';
  if (grouping === 'alias') return aliasPath(name);
  if (grouping === 'team') return teamPath(name);
  if (grouping === 'organization') return organizationPath(name);
  return null;
}

function requestOf(url: UrlState) {
  const range = rangeOf(url);
  const filters = Object.fromEntries(FILTERS.map((name) => [name, url.get(name) || undefined]));
  return { range, query: { from: range.from, to: range.to, ...filters } };
}

export default function Usage() {
  const url = useUrlState();
  const grouping = GROUPINGS.find((one) => one === url.get('by')) ?? 'alias';
  const [measureName, measure] = measureOf(url.get('measure'));
  const { range, query } = requestOf(url);
  const rows = useQuery({
    queryKey: ['usage', 'rows', query, grouping],
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...query, group_by: grouping, limit: 1_000 } } })),
    placeholderData: keepPreviousData,
  });
  const whole = useQuery({
    queryKey: ['usage', 'whole', query],
    queryFn: () => answer(api.GET('/api/usage', { params: { query } })),
    placeholderData: keepPreviousData,
  });
  const compares = url.get('compare') === '1';
  const earlier = { ...query, ...periodBefore(range) };
  const wholeBefore = useQuery({
    queryKey: ['usage', 'whole', earlier],
    enabled: compares,
    queryFn: () => answer(api.GET('/api/usage', { params: { query: earlier } })),
  });
  const before = useQuery({
    queryKey: ['usage', 'before', earlier, grouping],
    enabled: compares,
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...earlier, group_by: grouping, limit: 1_000 } } })),
  });
  // Of what one of several was chosen, another grouping tells more.
  const filter = FILTERS.find((name) => name === grouping);
  const rowsBefore = compares ? before.data : undefined;
  const markers = useMarkers(range, url.get('alias'));
  const csv = `/api/usage?${new URLSearchParams({ ...(Object.fromEntries(Object.entries(query).filter(([, value]) => value)) as Record<string, string>), group_by: grouping, format: 'csv', limit: String(IN_CSV) })}`;
  return (
    <>
      <PageHead
        title={t`Usage`}
        lead={t`Every call is counted once. Days and hours are in UTC.`}
        actions={
          <DownloadButton path={csv} file="usage.csv" />
        }
      />
      <Stack>
        <div className="panel filters" style={{ borderBottom: '1px solid var(--alias-line)' }}>
          <DateRange url={url} range={range} />
          <Select size="xs" w={150} aria-label={t`Group by`} data={GROUPINGS.map((value) => ({ value, label: t`By ${named(value).toLowerCase()}` }))} value={grouping} allowDeselect={false} onChange={(value) => url.set({ by: value })} />
          <Select size="xs" w={140} aria-label={t`Measure`} data={Object.entries(MEASURES).map(([value, one]) => ({ value, label: one.label }))} value={measureName} allowDeselect={false} onChange={(value) => url.set({ measure: value })} />
          <FilterChip url={url} name="compare" label={t`Compare with the period before`} />
          {FILTERS.map((name) => url.get(name) && <FilterChip key={name} url={url} name={name} value={url.get(name)} label={`${name}: ${url.get(name)}`} />)}
          <ClearFilters url={url} names={[...FILTERS]} />
        </div>
        <Loaded query={whole} what={t`the usage`} height={90}>
          {(report) => <Sums whole={report.rows} before={compares ? wholeBefore.data?.rows : undefined} />}
        </Loaded>
        {compares && before.error && <LoadError what={t`the period before`} error={before.error} onRetry={() => void before.refetch()} />}
        <div className="panel" style={{ padding: 16 }}>
          {measure.times ? (
            <TimesChart range={range} query={query} title={t`${measure.label} of all calls`} times={measure.times} markers={markers} />
          ) : (
            <AmountsChart range={range} query={query} grouping={grouping} head={named(grouping).toLowerCase()} measure={measure} markers={markers} onOnly={filter && ((of) => url.set({ [filter]: of, by: filter === 'alias' ? 'team' : 'alias' }))} />
          )}
        </div>
        {rows.data && rows.data.rows.length > 0 && <Insights rows={rows.data.rows} path={(row) => linkOf(grouping, row)} />}
        <Panel title={t`By ${named(grouping).toLowerCase()}`}>
          <Loaded query={rows} what={t`the usage`}>
            {(report) =>
              report.rows.length === 0 ? (
                <Empty icon={IconChartBar} title={t`No calls in this time`}>
                  {t`Choose a longer time, or fewer filters.`}
                </Empty>
              ) : (
                <>
                  <UsageTable rows={report.rows} head={named(grouping)} link={(row) => linkOf(grouping, row)} before={rowsBefore} measure={measure} />
                  {report.has_more && <Text size="sm" c="dimmed" mt="xs">{report.total > IN_CSV ? t`The first ${count(report.rows.length)} of ${count(report.total)}; the CSV has the first ${count(IN_CSV)}.` : t`The first ${count(report.rows.length)} of ${count(report.total)}; the CSV has all.`}</Text>}
                </>
              )
            }
          </Loaded>
        </Panel>
        <Denied query={query} />
      </Stack>
    </>
  );
}
