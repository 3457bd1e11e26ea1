// What an alias was called, over time and by team.
import { SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { DownloadButton } from '../../elements/download-button';
import { count, daysBefore, exactMoney, money } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { CallsChart } from './calls-chart';
import { useCallsByTeam } from './queries';

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
