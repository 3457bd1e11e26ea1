// The columns of the list of aliases.
import { Badge, Group, Text, Tooltip } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import type { Column } from '../../elements/data-table';
import { count, exactMoney, money, price } from '../../elements/format';
import { AliasStatus } from '../../elements/status';
import { Time } from '../../elements/time';
import { plural, t } from '../../words';
import { CallsOfMonth, type Month } from './month';
import { RoutingMark } from './routing-mark';
import { ScheduledMark } from './scheduled';

const LatencyOfMonth = lazy(() => import('./month-totals').then((module) => ({ default: module.LatencyOfMonth })));
const ErrorsOfMonth = lazy(() => import('./month-totals').then((module) => ({ default: module.ErrorsOfMonth })));

const CHIPS = 1;

export const aliasPath = (alias: string): string => `/aliases/${encodeURIComponent(alias)}`;

export function Chips({ names, to, none = '–' }: { names: string[]; to: (name: string) => string; none?: string }) {
  if (names.length === 0) return <Text size="sm" c="dimmed">{none}</Text>;
  const more = names.slice(CHIPS);
  return (
    <Group gap={4} wrap="nowrap" style={{ width: 'max-content' }}>
      {names.slice(0, CHIPS).map((name) => (
        <Badge key={name} component={Link} to={to(name)} style={{ cursor: 'pointer', maxWidth: 150, flexShrink: 0 }}>
          {name}
        </Badge>
      ))}
      {more.length > 0 && (
        <Tooltip label={more.join(', ')} multiline maw={360}>
          <Badge tabIndex={0} aria-label={t`and ${more.join(', ')}`}>+{more.length}</Badge>
        </Tooltip>
      )}
    </Group>
  );
}

const groupPath = (group: string) => `/access-groups/${encodeURIComponent(group)}`;

export const columnsOf = (month: Month | undefined): Column<Alias>[] => [
  {
    key: 'alias',
    title: t`Alias`,
    sort: 'alias',
    cell: (row) => (
      <>
        <Group gap={2} wrap="nowrap">
          <Link className="row-link mono" to={aliasPath(row.alias)}>
            {row.alias}
          </Link>
          <span className="on-hover">
            <CopyButton value={row.alias} label={t`Copy ${row.alias}`} />
          </span>
        </Group>
        {row.description && <span className="second-line one-line">{row.description}</span>}
      </>
    ),
  },
  {
    key: 'target',
    title: t`Target`,
    sort: 'litellm_model',
    cell: (row) => (
      <>
        <span className="mono one-line">{row.litellm_model}</span>
        <RoutingMark alias={row} />
        {row.warnings.length > 0 && (
          <Tooltip label={row.warnings.map((warning) => warning.message).join(' ')} multiline maw={360}>
            <span className="second-line" tabIndex={0} style={{ color: 'var(--alias-warn)' }}>
              {plural(row.warnings.length, '# hint', '# hints')}
            </span>
          </Tooltip>
        )}
      </>
    ),
  },
  {
    key: 'status',
    title: t`Status`,
    cell: (row) => (
      <>
        <AliasStatus alias={row} />
        <ScheduledMark alias={row} />
      </>
    ),
  },
  { key: 'groups', title: t`Access groups`, cell: (row) => <Chips names={row.access_groups} to={groupPath} none={t`none`} /> },
  { key: 'teams', title: t`Teams`, numeric: true, cell: (row) => count(row.teams_with_access) },
  { key: 'month', title: t`Calls, 30 days`, numeric: true, cell: (row) => <CallsOfMonth month={month} alias={row.alias} /> },
  { key: 'calls', title: t`All calls`, sort: 'usage_count', descendingFirst: true, numeric: true, hidden: true, cell: (row) => count(row.usage_count) },
  {
    key: 'spend',
    title: t`Spend`,
    numeric: true,
    cell: (row) =>
      row.usage_stats.total_calls === 0 ? (
        '–'
      ) : (
        <span title={exactMoney(row.usage_stats.total_cost_usd)}>{money(row.usage_stats.total_cost_usd)}</span>
      ),
  },
  {
    key: 'price',
    title: t`Price in / out per 1M`,
    numeric: true,
    cell: (row) => {
      if (row.pricing_source === 'target') return t`as its target`;
      if (row.pricing_source === 'unknown') return <Badge c="var(--alias-warn)">{t`unpriced`}</Badge>;
      return `${price(row.pricing_input)} / ${price(row.pricing_output)}`;
    },
  },
  { key: 'used', title: t`Last used`, hidden: true, cell: (row) => <Time at={row.usage_stats.last_used_at} /> },
  { key: 'updated', title: t`Updated`, sort: 'updated_at', descendingFirst: true, hidden: true, cell: (row) => <Time at={row.updated_at} /> },
  { key: 'created', title: t`Created`, sort: 'created_at', descendingFirst: true, hidden: true, cell: (row) => <Time at={row.created_at} /> },
  { key: 'tags', title: t`Tags`, hidden: true, cell: (row) => <Chips names={row.tags} to={(tag) => `/aliases?tag=${encodeURIComponent(tag)}`} /> },
  { key: 'version', title: t`Version`, numeric: true, hidden: true, cell: (row) => row.version },
  { key: 'latency', title: t`p95 latency, 30 days`, numeric: true, hidden: true, cell: (row) => <Suspense><LatencyOfMonth alias={row} /></Suspense> },
  { key: 'errors', title: t`Error rate, 30 days`, numeric: true, hidden: true, cell: (row) => <Suspense><ErrorsOfMonth alias={row} /></Suspense> },
  { key: 'failed', title: t`Failed`, numeric: true, hidden: true, cell: (row) => count(row.usage_stats.failed_calls) },
  { key: 'denied', title: t`Denied`, numeric: true, hidden: true, cell: (row) => count(row.usage_stats.denied_calls) },
];
