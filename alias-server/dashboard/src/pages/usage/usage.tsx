// Usage: what was called, by whom, and what it cost, over a time that is chosen.
import { Select, Stack, Text } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { UsageRow } from '../../api/types';
import { Chart } from '../../elements/chart';
import { DownloadButton } from '../../elements/download-button';
import { Empty } from '../../elements/empty';
import { ClearFilters, FilterChip } from '../../elements/filters';
import { compact, count, counted, money, tokens } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { PageHead } from '../../elements/page-head';
import { Figure, Panel } from '../../elements/panel';
import { pointsOf, writePeriod } from '../../elements/periods';
import { type UrlState, useUrlState } from '../../elements/url-state';
import { aliasPath } from '../aliases/columns';
import { organizationPath } from '../organizations/queries';
import { teamPath } from '../teams/queries';
import { DateRange } from './date-range';
import { rangeOf } from './range';
import { seriesOf } from './series';
import { UsageTable } from './usage-table';

const GROUPINGS = ['alias', 'team', 'organization', 'provider', 'model', 'key', 'job_type', 'endpoint', 'outcome'] as const;

const named = (grouping: string) => grouping.charAt(0).toUpperCase() + grouping.slice(1).replaceAll('_', ' ');

interface Measure {
  label: string;
  of: (row: UsageRow) => number;
  write: (value: number) => string;
}

const MEASURES: Record<string, Measure> = {
  calls: { label: 'Calls', of: (row) => row.calls, write: compact },
  spend: { label: 'Spend', of: (row) => row.cost_usd, write: money },
  billed: { label: 'Billed', of: (row) => row.billed_usd, write: money },
  tokens: { label: 'Tokens', of: (row) => row.input_tokens + row.output_tokens, write: tokens },
  errors: { label: 'Failed calls', of: (row) => row.failed, write: compact },
};

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
  const measureName = url.get('measure') in MEASURES ? url.get('measure') : 'calls';
  const measure = MEASURES[measureName] as Measure;
  const { range, query } = requestOf(url);
  const rows = useQuery({
    queryKey: ['usage', 'rows', query, grouping],
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...query, group_by: grouping, limit: 1_000 } } })),
    placeholderData: keepPreviousData,
  });
  const series = useQuery({
    queryKey: ['usage', 'series', query, grouping, range.interval],
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...query, group_by: grouping, interval: range.interval, limit: 10_000 } } })),
    placeholderData: keepPreviousData,
  });
  const csv = `/api/usage?${new URLSearchParams({ ...(Object.fromEntries(Object.entries(query).filter(([, value]) => value)) as Record<string, string>), group_by: grouping, format: 'csv', limit: '10000' })}`;
  return (
    <>
      <PageHead
        title="Usage"
        lead="Every call is counted once. Days and hours are in UTC."
        actions={
          <DownloadButton path={csv} file="usage.csv" />
        }
      />
      <Stack>
        <div className="panel filters" style={{ borderBottom: '1px solid var(--alias-line)' }}>
          <DateRange url={url} range={range} />
          <Select size="xs" w={150} aria-label="Group by" data={GROUPINGS.map((value) => ({ value, label: `By ${named(value).toLowerCase()}` }))} value={grouping} allowDeselect={false} onChange={(value) => url.set({ by: value })} />
          <Select size="xs" w={140} aria-label="Measure" data={Object.entries(MEASURES).map(([value, one]) => ({ value, label: one.label }))} value={measureName} allowDeselect={false} onChange={(value) => url.set({ measure: value })} />
          {FILTERS.map((name) => url.get(name) && <FilterChip key={name} url={url} name={name} value={url.get(name)} label={`${name}: ${url.get(name)}`} />)}
          <ClearFilters url={url} names={[...FILTERS]} />
        </div>
        <Loaded query={rows} what="the usage" height={90}>
          {(report) => <Sums rows={report.rows} />}
        </Loaded>
        <div className="panel" style={{ padding: 16 }}>
          <Loaded query={series} what="the usage over time" height={300}>
            {(report) => {
              const { series: shown, nameOf } = seriesOf(report.rows, measure.of);
              const points = pointsOf(report, range.interval, nameOf, measure.of, shown.map((one) => one.name));
              return (
                <>
                  <Chart title={`${measure.label} by ${named(grouping).toLowerCase()}`} points={points} series={shown} write={measure.write} writePeriod={writePeriod} height={280} />
                  {report.has_more && <Text size="sm" style={{ color: 'var(--alias-warn)' }}>More than 10,000 rows: the chart shows the first of them. Choose a shorter time.</Text>}
                </>
              );
            }}
          </Loaded>
        </div>
        <Panel title={`By ${named(grouping).toLowerCase()}`}>
          <Loaded query={rows} what="the usage">
            {(report) =>
              report.rows.length === 0 ? (
                <Empty icon={IconChartBar} title="No calls in this time">
                  Choose a longer time, or fewer filters.
                </Empty>
              ) : (
                <>
                  <UsageTable rows={report.rows} head={named(grouping)} link={(row) => linkOf(grouping, row)} />
                  {report.has_more && <Text size="sm" c="dimmed" mt="xs">The first {count(report.rows.length)} of {count(report.total)}; the CSV has all.</Text>}
                </>
              )
            }
          </Loaded>
        </Panel>
      </Stack>
    </>
  );
}

function Sums({ rows }: { rows: UsageRow[] }) {
  const sum = (of: (row: UsageRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const calls = sum((row) => row.calls);
  const failed = sum((row) => row.failed);
  const unpriced = sum((row) => row.unpriced_calls);
  const cost = sum((row) => row.cost_usd);
  const billed = sum((row) => row.billed_usd);
  return (
    <div className="grid-4">
      <div className="panel pad"><Figure label="Calls" value={count(calls)} note={calls > 0 ? `${((100 * failed) / calls).toFixed(1)} % failed` : 'none'} /></div>
      <div className="panel pad"><Figure label="Spend" value={money(cost)} note={unpriced > 0 ? counted(unpriced, 'unpriced call') : 'all priced'} /></div>
      <div className="panel pad"><Figure label="Billed" value={money(billed)} note={billed > 0 ? `${((100 * (billed - cost)) / billed).toFixed(0)} % margin` : undefined} /></div>
      <div className="panel pad"><Figure label="Tokens" value={tokens(sum((row) => row.input_tokens + row.output_tokens))} note={`${tokens(sum((row) => row.output_tokens))} of them output`} /></div>
    </div>
  );
}
