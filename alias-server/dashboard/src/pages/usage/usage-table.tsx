// Usage in numbers: one row a group, sorted by what is asked for.
import { Table } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';

import type { UsageRow } from '../../api/types';
import { IconArrowDown } from '@tabler/icons-react';

import { count, duration, exactMoney, money, percent } from '../../elements/format';
import { t } from '../../words';
import { changeOf } from './change';
import type { Measure } from './measures';

interface Column {
  title: string;
  value: (row: UsageRow) => number;
  write: (row: UsageRow) => string;
  exact?: (row: UsageRow) => string;
}

/** A time that calls kept to; where none is known there is none. */
function time(title: string, of: (row: UsageRow) => number | undefined): Column {
  const write = (value: number | undefined) => (value === undefined ? '–' : duration(value));
  return { title, value: (row) => of(row) ?? -1, write: (row) => write(of(row)) };
}

const COLUMNS: Column[] = [
  { title: t`Calls`, value: (row) => row.calls, write: (row) => count(row.calls) },
  { title: t`Failed`, value: (row) => row.failed, write: (row) => (row.failed > 0 ? `${count(row.failed)} (${percent(row.failed / row.calls, 1)})` : '0') },
  { title: t`Input tokens`, value: (row) => row.input_tokens, write: (row) => count(row.input_tokens) },
  { title: t`Output tokens`, value: (row) => row.output_tokens, write: (row) => count(row.output_tokens) },
  { title: t`Cost`, value: (row) => row.cost_usd, write: (row) => money(row.cost_usd), exact: (row) => exactMoney(row.cost_usd) },
  { title: t`Billed`, value: (row) => row.billed_usd, write: (row) => money(row.billed_usd), exact: (row) => exactMoney(row.billed_usd) },
  { title: t`Margin`, value: (row) => row.billed_usd - row.cost_usd, write: (row) => (row.billed_usd > 0 ? percent((row.billed_usd - row.cost_usd) / row.billed_usd) : '–') },
  time('p50', (row) => row.latency_ms?.p50),
  time('p95', (row) => row.latency_ms?.p95),
  time('p99', (row) => row.latency_ms?.p99),
  time(t`First token p95`, (row) => row.first_token_ms?.p95),
  { title: t`Unpriced`, value: (row) => row.unpriced_calls, write: (row) => count(row.unpriced_calls) },
];

const valueOf = (row: UsageRow | undefined, measure: Measure) => (row ? measure.of(row) : 0);

interface Props {
  rows: UsageRow[];
  /** What a group is: `Alias`. */
  head: string;
  link?: (row: UsageRow) => string | null;
  /** The rows of the period before, to be compared by the measure. `has_more`: not all of them. */
  before?: { rows: UsageRow[]; has_more: boolean };
  measure?: Measure;
}

export function UsageTable({ rows, head, link, before, measure }: Props) {
  const earlier = before && new Map(before.rows.map((row) => [row.group, row]));
  const [by, setBy] = useState(t`Calls`);
  const column = COLUMNS.find((one) => one.title === by) ?? COLUMNS[0];
  const sorted = [...rows].sort((a, b) => (column ? column.value(b) - column.value(a) : 0));
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t`Usage by ${head.toLowerCase()}`}>
      <Table className="data-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head}</Table.Th>
            {COLUMNS.map((one) => (
              <Table.Th key={one.title} ta="right" aria-sort={one.title === by ? 'descending' : undefined}>
                <button type="button" className="sort-button" onClick={() => setBy(one.title)}>
                  {one.title}
                  {one.title === by && <IconArrowDown size={13} aria-hidden />}
                </button>
              </Table.Th>
            ))}
            {earlier && measure && <Table.Th ta="right">{t`${measure.label} before`}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((row) => {
            const to = row.group ? link?.(row) : null;
            return (
              <Table.Tr key={row.group_id ?? row.group ?? 'all'}>
                <Table.Td>
                  {to ? (
                    <Link className="row-link mono" to={to}>
                      {row.group}
                    </Link>
                  ) : (
                    <span className="mono">{row.group ?? t`all`}</span>
                  )}
                </Table.Td>
                {COLUMNS.map((one) => (
                  <Table.Td key={one.title} ta="right" className="number" title={one.exact?.(row)}>
                    {one.write(row)}
                  </Table.Td>
                ))}
                {earlier && measure && (
                  <Table.Td ta="right" className="number">
                    {before?.has_more && !earlier.has(row.group) ? '–' : changeOf({ now: measure.of(row), before: valueOf(earlier.get(row.group), measure), write: measure.write })}
                  </Table.Td>
                )}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
