// What an alias was called, over time and by team, with its switches as marks.
import { SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { Alias } from '../../api/types';
import { Chart, COLOURS, FAILED } from '../../elements/chart';
import { DownloadButton } from '../../elements/download-button';
import { count, daysBefore, duration, exactMoney, money } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Interval, pointsOf, writePeriod } from '../../elements/periods';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { useCallsByTeam, useHistory } from './queries';

export function CallsChart({ alias, days }: { alias: Alias; days: number }) {
  const interval: Interval = days <= 2 ? 'hour' : 'day';
  const usage = useQuery({
    queryKey: ['alias-usage', alias.alias, 'calls', days],
    queryFn: () =>
      answer(api.GET('/api/model-aliases/{alias}/usage', { params: { path: { alias: alias.alias }, query: { from: daysBefore(days - 1), interval, group_by: 'outcome', limit: 10_000 } } })),
  });
  const history = useHistory(alias.alias);
  const from = daysBefore(days - 1);
  const markers = (history.data?.versions ?? [])
    .filter((one) => 'litellm_model' in one.change && one.version > 1 && one.effective_at >= from)
    .map((one) => ({ period: one.effective_at.slice(0, interval === 'hour' ? 13 : 10), label: one.kind === 'rollback' ? t`rolled back to version ${one.restored_from ?? '–'}` : t`target switched` }));
  return (
    <Loaded query={usage} what={t`its calls`} height={280}>
      {(report) => {
        const points = pointsOf(report, interval, (row) => (row.group === 'success' || row.failed === 0 ? t`Answered` : t`Failed`), (row) => row.calls, [t`Answered`, t`Failed`]);
        return (
          <>
            <Chart
              title={t`Calls, last ${days} days`}
              points={points}
              series={[
                { name: t`Answered`, colour: COLOURS[0] ?? '' },
                { name: t`Failed`, colour: FAILED },
              ]}
              write={count}
              writePeriod={writePeriod}
              markers={markers}
            />
            <Latency alias={alias.alias} days={days} />
          </>
        );
      }}
    </Loaded>
  );
}

/** `p50 820 ms · p95 2.1 s · p99 4.3 s · first token p95 300 ms`; nothing where nobody knows. */
function Latency({ alias, days }: { alias: string; days: number }) {
  const whole = useQuery({
    queryKey: ['alias-usage', alias, 'whole', days],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/usage', { params: { path: { alias }, query: { from: daysBefore(days - 1) } } })),
  });
  const row = whole.data?.rows[0];
  if (!row?.latency_ms) return null;
  const { p50, p95, p99 } = row.latency_ms;
  const parts = [`p50 ${duration(p50)}`, `p95 ${duration(p95)}`, `p99 ${duration(p99)}`, row.first_token_ms && t`first token p95 ${duration(row.first_token_ms.p95)}`];
  return (
    <Text size="sm" mt="xs" className="number">
      {parts.filter(Boolean).join(' · ')}
    </Text>
  );
}

const RANGES = [
  { value: '7', label: t`7 days` },
  { value: '30', label: t`30 days` },
  { value: '90', label: t`90 days` },
];

export function AliasUsage({ alias }: { alias: Alias }) {
  const url = useUrlState();
  const days = Number(url.get('days')) || 30;
  const usage = useCallsByTeam(alias.alias, days - 1);
  return (
    <Stack>
      <SegmentedControl aria-label={t`Time`} size="xs" style={{ alignSelf: 'flex-start' }} data={RANGES} value={String(days)} onChange={(value) => url.set({ days: value })} />
      <div className="panel" style={{ padding: 16 }}>
        <CallsChart alias={alias} days={days} />
      </div>
      <Panel title={t`By team`} actions={<DownloadButton size="xs" path={`/api/model-aliases/${encodeURIComponent(alias.alias)}/usage?group_by=team&from=${daysBefore(days - 1)}&format=csv`} file={`${alias.alias}-usage.csv`} />}>
        <Loaded query={usage} what={t`calls by team`}>
          {(report) =>
            report.rows.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t`No calls in the last ${days} days.`}
              </Text>
            ) : (
              <div className="table-scroll" tabIndex={0} role="region" aria-label={t`Calls by team`}>
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t`Team`}</Table.Th>
                      <Table.Th ta="right">{t`Calls`}</Table.Th>
                      <Table.Th ta="right">{t`Failed`}</Table.Th>
                      <Table.Th ta="right">{t`Input tokens`}</Table.Th>
                      <Table.Th ta="right">{t`Output tokens`}</Table.Th>
                      <Table.Th ta="right">{t`Cost`}</Table.Th>
                      <Table.Th ta="right">{t`Billed`}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody className="number">
                    {report.rows.map((row) => (
                      <Table.Tr key={row.group_id ?? row.group}>
                        <Table.Td>
                          <Link className="row-link" to={`/teams/${encodeURIComponent(row.group ?? '')}`}>
                            {row.group}
                          </Link>
                        </Table.Td>
                        <Table.Td ta="right">{count(row.calls)}</Table.Td>
                        <Table.Td ta="right">{count(row.failed)}</Table.Td>
                        <Table.Td ta="right">{count(row.input_tokens)}</Table.Td>
                        <Table.Td ta="right">{count(row.output_tokens)}</Table.Td>
                        <Table.Td ta="right" title={exactMoney(row.cost_usd)}>
                          {money(row.cost_usd)}
                        </Table.Td>
                        <Table.Td ta="right" title={exactMoney(row.billed_usd)}>
                          {money(row.billed_usd)}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
            )
          }
        </Loaded>
      </Panel>
    </Stack>
  );
}
