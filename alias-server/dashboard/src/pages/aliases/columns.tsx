// The columns of the list of aliases.
import { Badge, Group, Tooltip } from '@mantine/core';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { Chips } from '../../elements/chips';
import { CopyButton } from '../../elements/copy-button';
import type { Column } from '../../elements/data-table';
import { count, exactMoney, money, price } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { ProviderMark } from '../../elements/provider-mark';
import { AliasStatus } from '../../elements/status';
import { Time } from '../../elements/time';
import { plural, t } from '../../words';
import { groupPath } from '../groups/queries';
import { CallsOfMonth, type Month } from './month';
import { aliasPath } from './queries';
import { RoutingMark } from './routing-mark';
import { ScheduledMark } from './scheduled';

const LatencyOfMonth = lazily(async () => (await import('./month-totals')).LatencyOfMonth);
const ErrorsOfMonth = lazily(async () => (await import('./month-totals')).ErrorsOfMonth);

export const columnsOf = (month: Month): Column<Alias>[] => [
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
          <Managed by={row.managed_by} />
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
        <span className="marked">
          <ProviderMark model={row.litellm_model} />
          <span className="mono one-line">{row.litellm_model}</span>
        </span>
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
  { key: 'latency', title: t`p95 latency, 30 days`, numeric: true, hidden: true, cell: (row) => <LatencyOfMonth alias={row} /> },
  { key: 'errors', title: t`Error rate, 30 days`, numeric: true, hidden: true, cell: (row) => <ErrorsOfMonth alias={row} /> },
  { key: 'failed', title: t`Failed`, numeric: true, hidden: true, cell: (row) => count(row.usage_stats.failed_calls) },
  { key: 'denied', title: t`Denied`, numeric: true, hidden: true, cell: (row) => count(row.usage_stats.denied_calls) },
];
