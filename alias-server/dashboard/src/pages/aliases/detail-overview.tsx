// What an operator wants to know of an alias first.
import { Alert, Anchor, Badge, Group, List, Stack, Text } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { Chips } from '../../elements/chips';
import { count, exactMoney, money, tokens } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Loaded } from '../../elements/loaded';
import { Figure, Panel } from '../../elements/panel';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { ArmsPanel } from './arms';
import { CallsChart } from './calls-chart';
import { describe, useCatalogModel } from './catalog-model';
import { MONTH, useCallsByTeam, useTeamsOf } from './queries';
import { RoutingPanel } from './routing';
import { ScheduledPanel } from './scheduled';
import { priceLine } from './use-lint';

const TOP = 5;

const Snippets = lazily(async () => (await import('../connect/snippets')).Snippets);
const Trial = lazily(async () => (await import('./trial')).Trial);

export function AliasOverview({ alias }: { alias: Alias }) {
  const { may } = useSession();
  const stats = alias.usage_stats;
  return (
    <Stack>
      {alias.warnings.length > 0 && (
        <Alert variant="outline" color="yellow" icon={<IconBulb size={18} />} title={t`Good to know`} styles={{ title: { color: 'var(--mantine-color-text)' } }}>
          <List size="sm">
            {alias.warnings.map((warning) => (
              <List.Item key={warning.code}>{warning.message}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <ScheduledPanel alias={alias} />
      <div className="grid-2">
        <PointsTo alias={alias} />
        <Panel title={t`All calls`}>
          <div className="figures">
            <Figure label={t`Calls`} value={count(stats.total_calls)} note={<>{t`last used ${<Time at={stats.last_used_at} />}`}</>} />
            <Figure label={t`Spend`} value={<span title={exactMoney(stats.total_cost_usd)}>{money(stats.total_cost_usd)}</span>} note={stats.unpriced_calls > 0 ? plural(stats.unpriced_calls, '# unpriced call', '# unpriced calls') : t`billed ${money(stats.total_billed_usd)}`} />
            <Figure label={t`Tokens a call`} value={tokens(stats.avg_tokens_per_call)} />
            <Figure label={t`Failed`} value={count(stats.failed_calls)} note={t`${count(stats.denied_calls)} denied`} />
          </div>
        </Panel>
      </div>
      <RoutingPanel alias={alias} />
      <ArmsPanel alias={alias} />
      <div className="panel" style={{ padding: 16 }}>
        <CallsChart alias={alias} days={MONTH} />
      </div>
      <div className="grid-2">
        <AccessPanel alias={alias} />
        <TopTeams alias={alias} />
      </div>
      {may('writeCatalog') && (
        <Panel title={t`Test this alias`}>
          <Trial alias={alias.alias} />
        </Panel>
      )}
      <Panel title={t`Use it`}>
        <Snippets model={alias.alias} />
      </Panel>
    </Stack>
  );
}

function PointsTo({ alias }: { alias: Alias }) {
  const known = useCatalogModel(alias.litellm_model).data?.find((one) => one.model === alias.litellm_model);
  return (
    <Panel title={t`Points to`}>
      <Text className="mono break" fw={600}>
        {alias.litellm_model}
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        {t`version ${alias.version} · changed ${<Time at={alias.updated_at} />}`}
      </Text>
      <Text size="sm" mt="sm">
        {priceLine(alias.pricing_input, alias.pricing_output)} ({alias.pricing_source === 'alias' || alias.pricing_source === 'free' ? t`set on this alias` : t`from the catalog`})
      </Text>
      {known ? (
        <>
          <Text size="sm" c="dimmed">
            {describe(known)}
          </Text>
          <Group gap={4} mt={6}>
            {known.capabilities.map((one) => (
              <Badge key={one}>{one}</Badge>
            ))}
          </Group>
        </>
      ) : null}
    </Panel>
  );
}

function AccessPanel({ alias }: { alias: Alias }) {
  const teams = useTeamsOf(alias);
  return (
    <Panel title={t`Access`}>
      {alias.access_groups.length === 0 ? (
        <Text size="sm">
          {t`In no access group: no team can use it yet. Add it under ${<Anchor component={Link} to="?tab=access" inherit underline="always">
            {t`Access`}
          </Anchor>}.`}
        </Text>
      ) : (
        <Stack gap="xs">
          <Chips names={alias.access_groups} to={(group) => `/access-groups/${encodeURIComponent(group)}`} />
          <Loaded query={teams} what={t`its teams`} height={24}>
            {(list) => (
              <Text size="sm">
                {plural(list.length, '# team in all. {0}', '# teams in all. {0}', <Anchor component={Link} to="?tab=access" inherit underline="always">
                  {t`Who, and through which group`}
                </Anchor>)}
              </Text>
            )}
          </Loaded>
        </Stack>
      )}
    </Panel>
  );
}

function TopTeams({ alias }: { alias: Alias }) {
  const usage = useCallsByTeam(alias.alias, MONTH);
  return (
    <Panel title={t`Top teams, 30 days`}>
      <Loaded query={usage} what={t`calls by team`}>
        {(report) => {
          const top = [...report.rows].sort((a, b) => b.calls - a.calls).slice(0, TOP);
          if (top.length === 0) return <Text size="sm" c="dimmed">{t`No calls in the last 30 days.`}</Text>;
          return (
            <ul className="list-plain">
              {top.map((row) => (
                <li key={row.group} className="line">
                  <Anchor component={Link} to={`/teams/${encodeURIComponent(row.group ?? '')}`} size="sm" className="break">
                    {row.group}
                  </Anchor>
                  <span className="number">
                    {plural(row.calls, '# call', '# calls')} · {money(row.cost_usd)}
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}
