// What a change changed: field by field, from and to.
import { Table } from '@mantine/core';

import { t } from '../words';

type Change = Record<string, { from?: unknown; to?: unknown }>;

const shown = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'object') return Array.isArray(value) && value.every((one) => typeof one !== 'object') ? value.join(', ') || '–' : JSON.stringify(value);
  return String(value);
};

export function Diff({ change }: { change: unknown }) {
  const fields = Object.entries((change ?? {}) as Change);
  if (fields.length === 0) return <span className="dim">{t`nothing else`}</span>;
  return (
    <Table withRowBorders={false} verticalSpacing={1} horizontalSpacing={6} fz="sm" layout="auto">
      <Table.Tbody>
        {fields.map(([field, { from, to }]) => (
          <Table.Tr key={field}>
            <Table.Th scope="row" fw={500} w={150} style={{ verticalAlign: 'top' }}>
              {field}
            </Table.Th>
            <Table.Td className="mono break">
              {from !== null && from !== undefined && (
                <>
                  <del style={{ color: 'var(--mantine-color-dimmed)' }}>{shown(from)}</del> →{' '}
                </>
              )}
              <ins style={{ textDecoration: 'none' }}>{shown(to)}</ins>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
