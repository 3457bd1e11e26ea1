// What is chosen of a table: columns, their order and widths, and how dense its rows are. Fetched when it is first opened.
import { Group, Menu } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconMinus, IconPlus } from '@tabler/icons-react';

import { t } from '../words';
import type { Column } from './data-table';
import type { Columns } from './table-columns';

const STEP = 40;

interface Props<T> {
  columns: Columns<Column<T>>;
  /** How wide a column is now. */
  measure: (column: Column<T>) => number;
  compact: boolean;
  setCompact: (compact: boolean) => void;
}

export default function TableMenu<T>({ columns, measure, compact, setCompact }: Props<T>) {
  const { all, shows, toggle, move, resize } = columns;
  return (
    <>
      <Menu.Label>{t`Columns`}</Menu.Label>
      {all.map((column, index) => (
        <Group key={column.key} gap={0} wrap="nowrap">
          <Menu.CheckboxItem checked={shows(column)} disabled={index === 0} onChange={() => toggle(column)} style={{ flex: 1 }}>
            {column.title}
          </Menu.CheckboxItem>
          {shows(column) && (
            <>
              {index > 0 && <Step label={t`Move ${column.title} left`} icon={IconChevronLeft} onClick={() => move(column, -1)} />}
              {index > 0 && <Step label={t`Move ${column.title} right`} icon={IconChevronRight} onClick={() => move(column, 1)} />}
              <Step label={t`Make ${column.title} narrower`} icon={IconMinus} onClick={() => resize(column, measure(column) - STEP)} />
              <Step label={t`Make ${column.title} wider`} icon={IconPlus} onClick={() => resize(column, measure(column) + STEP)} />
            </>
          )}
        </Group>
      ))}
      <Menu.Divider />
      <Menu.CheckboxItem checked={compact} onChange={setCompact}>
        {t`Compact rows`}
      </Menu.CheckboxItem>
      <Menu.Item disabled={!columns.isTouched} onClick={columns.reset}>
        {t`Reset columns`}
      </Menu.Item>
    </>
  );
}

function Step({ label, icon: Icon, onClick }: { label: string; icon: typeof IconPlus; onClick: () => void }) {
  return (
    <Menu.Item aria-label={label} title={label} onClick={onClick} w={28} p={6} style={{ flexShrink: 0 }}>
      <Icon size={14} aria-hidden style={{ display: 'block' }} />
    </Menu.Item>
  );
}
