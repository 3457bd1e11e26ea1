// A short list as a table: all of it at once, in the order in which it came.
import { Group, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import { t } from '../words';
import { useFirst } from './use-first';

export interface Head<T> {
  title: string;
  cell: (row: T) => ReactNode;
  numeric?: boolean;
  className?: string;
  width?: number;
}

interface Props<T> {
  /** What the table is, for whoever does not see it. */
  label: string;
  heads: Head<T>[];
  rows: T[];
  id: (row: T) => string;
  /** Said in the place of a table without rows. */
  empty?: ReactNode;
  /** What can be done with a row. */
  actions?: (row: T) => ReactNode;
  /** It scrolls within this height. */
  maxHeight?: number;
}

export function SmallTable<T>({ label, heads, rows, id, empty, actions, maxHeight }: Props<T>) {
  const { first, more } = useFirst(rows);
  if (rows.length === 0 && empty) {
    return (
      <Text size="sm" c="dimmed" component="div">
        {empty}
      </Text>
    );
  }
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={label} style={maxHeight ? { maxHeight, overflowY: 'auto' } : undefined}>
      <Table className="data-table">
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head.title} ta={head.numeric ? 'right' : undefined} w={head.width}>
                {head.title}
              </Table.Th>
            ))}
            {actions && (
              <Table.Th>
                <span className="visually-hidden">{t`Actions`}</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {first.map((row) => (
            <Table.Tr key={id(row)}>
              {heads.map((head) => (
                <Table.Td key={head.title} ta={head.numeric ? 'right' : undefined} className={head.numeric ? 'number' : head.className}>
                  {head.cell(row)}
                </Table.Td>
              ))}
              {actions && (
                <Table.Td>
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    {actions(row)}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {more}
    </div>
  );
}
