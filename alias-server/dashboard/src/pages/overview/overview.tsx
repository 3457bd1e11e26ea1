// The first page: what there is, what happened, what needs somebody.
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { UsageRow } from '../../api/types';
import { actorOf } from '../../elements/actor';
import { BusyButton } from '../../elements/busy-button';
import { Chart, COLOURS, type Point } from '../../elements/chart';
import { count, daysBefore, money, tokens } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { PageHead } from '../../elements/page-head';
import { Figure, Panel } from '../../elements/panel';
import { writePeriod } from '../../elements/periods';
import { Time } from '../../elements/time';
import { usePause } from '../../elements/use-pause';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { sentenceOf } from '../activity/sentence';
import { Attention } from './attention';
import { FirstRun } from './first-run';
import { UpstreamOverlay } from './upstream-step';

export default function Overview() {
  const { may } = useSession();
  const stats = useQuery({ queryKey: ['overview', 'stats'], queryFn: () => answer(api.GET('/api/stats/dashboard')), refetchInterval: usePause(30_000) });
  return (
    <>
      <PageHead
        title={t`Overview`}
        lead={t`What there is, what it did, and what needs you.`}
        actions={
          <BusyButton variant="default" leftSection={<IconRefresh size={16} aria-hidden />} busy={stats.isFetching} onClick={() => void stats.refetch()}>
            {t`Refresh`}
          </BusyButton>
        }
      />
      <Stack>
        {may('writeCatalog') && <FirstRun />}
        {may('readSystem') && <UpstreamOverlay />}
        <Loaded query={stats} what={t`the figures`} height={96}>
          {(data) => (
            <>
              <div className="grid-4">
                <div className="panel pad"><Figure label={t`Calls today`} value={count(data.today.calls)} note={t`${count(data.last_7_days.calls)} in 7 days`} /></div>
                <div className="panel pad"><Figure label={t`Spend, 30 days`} value={money(data.last_30_days.cost_usd)} note={t`${money(data.today.cost_usd)} today`} /></div>
                <div className="panel pad"><Figure label={t`Tokens, 30 days`} value={tokens(data.last_30_days.tokens)} note={t`${tokens(data.today.tokens)} today`} /></div>
                <div className="panel pad"><Figure label={t`Errors, 7 days`} value={share(data.last_7_days.errors, data.last_7_days.calls)} note={plural(data.last_7_days.errors, '# failed call', '# failed calls')} /></div>
              </div>
              <div className="panel" style={{ padding: 16 }}>
                <Chart title={t`Calls a day`} points={lastDays(data.calls_per_day)} series={[{ key: 'calls', name: t`Calls`, colour: COLOURS[0] ?? '' }]} write={count} writePeriod={writePeriod} height={200} />
              </div>
              <div className="grid-2">
                <Attention low={data.teams_low_on_credits} unpriced={data.last_7_days.unpriced_calls} />
                {may('readAudit') && <Recent />}
              </div>
              <div className="grid-2">
                {may('readCatalog') && <Top title={t`Top aliases, 30 days`} rows={data.top_aliases} path="/aliases" />}
                <Top title={t`Top teams, 30 days`} rows={data.top_teams} path="/teams" />
              </div>
            </>
          )}
        </Loaded>
      </Stack>
    </>
  );
}

const DAYS = 30;

/** The last days, also those without calls. */
function lastDays(rows: UsageRow[]): Point[] {
  const calls = new Map(rows.map((row) => [(row.period ?? '').slice(0, 10), row.calls]));
  return Array.from({ length: DAYS }, (_, index) => {
    const period = daysBefore(DAYS - 1 - index);
    return { period, values: new Map([['calls', calls.get(period) ?? 0]]) };
  });
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function Recent() {
  const recent = useQuery({ queryKey: ['audit', 'recent'], queryFn: () => answer(api.GET('/api/audit', { params: { query: { limit: 8 } } })) });
  return (
    <Panel title={t`Recent activity`} actions={<Anchor component={Link} to="/activity" size="sm">{t`All activity`}</Anchor>}>
      <Loaded query={recent} what={t`recent activity`}>
        {(list) => (
          <ul className="list-plain">
            {list.records.map((record) => (
              <li key={record.id} className="line">
                <span className="break">
                  <b>{actorOf(record)}</b> {sentenceOf(record)}
                </span>
                <span className="dim">
                  <Time at={record.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function Top({ title, rows, path }: { title: string; rows: UsageRow[]; path: string }) {
  return (
    <Panel title={title}>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t`No calls in the last 30 days.`}
        </Text>
      ) : (
        <ul className="list-plain">
          {rows.map((row) => (
            <li key={row.group_id ?? row.group} className="line">
              <Anchor component={Link} to={`${path}/${encodeURIComponent(row.group ?? '')}`} size="sm" className="break">
                {row.group}
              </Anchor>
              <Group gap="md" wrap="nowrap" className="number">
                <span className="dim">{plural(row.calls, '# call', '# calls')}</span>
                <span>{money(row.cost_usd)}</span>
              </Group>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
