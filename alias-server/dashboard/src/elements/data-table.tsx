// Every list: sorted and paged by the server, its state in the address, usable by keyboard alone.
import { ActionIcon, Group, Menu, Select, Skeleton, Text, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconChevronLeft, IconChevronRight, IconColumns3 } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';

import { count } from './format';
import { LoadError } from './load-error';
import type { UrlState } from './url-state';

export const PAGE_SIZE = 50;
const SIZES = ['25', '50', '100', '250'];

export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** The server's name for sorting by it. */
  sort?: string;
  /** Begins with the largest. */
  descendingFirst?: boolean;
  numeric?: boolean;
  hidden?: boolean;
  width?: number;
}

interface Props<T> {
  /** For what is remembered of this table, and for its label: `aliases`. */
  name: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  total?: number;
  error: unknown;
  onRetry: () => void;
  url: UrlState;
  defaultSort?: string;
  id: (row: T) => string;
  link?: (row: T) => string;
  empty: ReactNode;
  actions?: (row: T) => ReactNode;
  selection?: { chosen: Set<string>; set: (chosen: Set<string>) => void };
  paged?: boolean;
}

export function pageOf(url: UrlState): { limit: number; offset: number } {
  const limit = Number(url.get('size')) || PAGE_SIZE;
  const page = Math.max(1, Number(url.get('page')) || 1);
  return { limit, offset: (page - 1) * limit };
}

export function DataTable<T>(props: Props<T>) {
  const { name, rows, error, onRetry, url, id, selection, empty, actions } = props;
  const [hidden, setHidden] = useLocalStorage<string[]>({
    key: `alias-columns-${name}`,
    defaultValue: props.columns.filter((column) => column.hidden).map((column) => column.key),
  });
  const [compact, setCompact] = useLocalStorage({ key: 'alias-compact', defaultValue: false });
  const columns = props.columns.filter((column) => !hidden.includes(column.key));
  const current = useRows(rows, props, selection);
  const showsSkeleton = useLate(!rows && !error);

  if (error && !rows) {
    return (
      <div style={{ padding: 16 }}>
        <LoadError what={name} error={error} onRetry={onRetry} />
      </div>
    );
  }
  if (rows?.length === 0) return <>{empty}</>;
  const ids = rows?.map(id) ?? [];
  const chosenHere = ids.filter((one) => selection?.chosen.has(one)).length;
  return (
    <>
      {Boolean(error) && (
        <div style={{ padding: 12 }}>
          <LoadError what={`newer ${name}`} error={error} onRetry={onRetry} />
        </div>
      )}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`Table of ${name}`}>
        <table className="data-table plain" data-compact={compact || undefined} data-actions>
          <thead>
            <tr>
              {selection && (
                <th style={{ width: 40 }}>
                  <Tick
                    label="Select all on this page"
                    checked={chosenHere > 0 && chosenHere === ids.length}
                    partly={chosenHere > 0 && chosenHere < ids.length}
                    onChange={() => selection.set(chosenHere === ids.length ? new Set() : new Set([...selection.chosen, ...ids]))}
                  />
                </th>
              )}
              {columns.map((column) => (
                <HeadCell key={column.key} column={column} url={url} defaultSort={props.defaultSort} />
              ))}
              <th className="end" style={{ width: 44 }}>
                <TableMenu columns={props.columns} hidden={hidden} setHidden={setHidden} compact={compact} setCompact={setCompact} />
              </th>
            </tr>
          </thead>
          <tbody>
            {!rows &&
              showsSkeleton &&
              Array.from({ length: 8 }, (_, index) => (
                <tr key={index} aria-hidden>
                  <td colSpan={columns.length + (selection ? 2 : 1)}>
                    <Skeleton height={16} />
                  </td>
                </tr>
              ))}
            {rows?.map((row, index) => (
              <tr key={id(row)} data-row={index} data-current={index === current || undefined}>
                {selection && (
                  <td>
                    <Tick label={`Select ${id(row)}`} checked={selection.chosen.has(id(row))} onChange={() => selection.set(toggled(selection.chosen, id(row)))} />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key} className={column.numeric ? 'number end' : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
                <td className="end">{actions?.(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {props.paged !== false && rows && <Pages total={props.total ?? rows.length} url={url} name={name} />}
    </>
  );
}

/** The browser's own box: a list has many. */
function Tick({ label, checked, partly = false, onChange }: { label: string; checked: boolean; partly?: boolean; onChange: () => void }) {
  const box = (element: HTMLInputElement | null) => {
    if (element) element.indeterminate = partly;
  };
  return <input ref={box} type="checkbox" className="tick" aria-label={label} checked={checked} onChange={onChange} />;
}

export function toggled(chosen: Set<string>, id: string): Set<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** True once `waiting` was true for 150 ms: what is quicker shows no placeholder. */
function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waiting) return undefined;
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, [waiting]);
  return late;
}

/** `j` and `k` go through the rows, `x` selects, Enter opens. Gives the current row's number. */
function useRows<T>(rows: T[] | undefined, props: Props<T>, selection: Props<T>['selection']): number {
  const [current, setCurrent] = useState(-1);
  const navigate = useNavigate();
  const latest = useRef({ rows, props, selection, current });
  latest.current = { rows, props, selection, current };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { rows: all = [], props: with_, selection: chosen, current: at } = latest.current;
      const inField = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT|BUTTON|A)$/.test(event.target.tagName);
      if (event.ctrlKey || event.metaKey || event.altKey || inField || document.querySelector('[role=dialog]')) return;
      if (localStorage.getItem('alias-shortcuts') === 'false') return;
      const row = all[at];
      if (event.key === 'j' || event.key === 'k') {
        const next = Math.min(all.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)));
        setCurrent(next);
        document.querySelector(`[data-row="${next}"]`)?.scrollIntoView({ block: 'nearest' });
      } else if (event.key === 'x' && row && chosen) {
        chosen.set(toggled(chosen.chosen, with_.id(row)));
      } else if (event.key === 'Enter' && row && with_.link) {
        void navigate(with_.link(row));
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [navigate]);
  return current;
}

function HeadCell<T>({ column, url, defaultSort }: { column: Column<T>; url: UrlState; defaultSort?: string }) {
  const sort = url.get('sort') || defaultSort || '';
  const down = sort === `-${column.sort}`;
  const active = Boolean(column.sort) && (down || sort === column.sort);
  const Sign = down ? IconArrowDown : IconArrowUp;
  const next = active ? (down ? column.sort : `-${column.sort}`) : column.descendingFirst ? `-${column.sort}` : column.sort;
  return (
    <th style={{ width: column.width }} className={column.numeric ? 'end' : undefined} aria-sort={active ? (down ? 'descending' : 'ascending') : undefined}>
      {column.sort ? (
        <button type="button" className="sort-button" onClick={() => url.set({ sort: next ?? null })}>
          {column.title}
          {active && <Sign size={13} aria-hidden />}
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

interface TableMenuProps<T> {
  columns: Column<T>[];
  hidden: string[];
  setHidden: (hidden: string[]) => void;
  compact: boolean;
  setCompact: (compact: boolean) => void;
}

function TableMenu<T>({ columns, hidden, setHidden, compact, setCompact }: TableMenuProps<T>) {
  const toggle = (key: string) => setHidden(hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key]);
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label="Columns and density">
          <ActionIcon variant="subtle" color="gray" c="dimmed" size={26} aria-label="Columns and density">
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns.slice(1).map((column) => (
          <Menu.CheckboxItem key={column.key} checked={!hidden.includes(column.key)} onChange={() => toggle(column.key)}>
            {column.title}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.CheckboxItem checked={compact} onChange={setCompact}>
          Compact rows
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  );
}

function Pages({ total, url, name }: { total: number; url: UrlState; name: string }) {
  const { limit, offset } = pageOf(url);
  const page = offset / limit + 1;
  const last = Math.max(1, Math.ceil(total / limit));
  const from = Math.min(offset + 1, total);
  const to = Math.min(offset + limit, total);
  return (
    <Group justify="space-between" px="sm" py={8} gap="sm" style={{ borderTop: '1px solid var(--alias-line)' }}>
      <Text size="xs" c="dimmed" role="status" className="number">
        {count(from)}–{count(to)} of {count(total)} {name}
      </Text>
      {total > 25 && (
        <Group gap="xs">
          <Select size="xs" w={78} aria-label="Rows a page" data={SIZES} value={String(limit)} allowDeselect={false} onChange={(value) => url.set({ size: value, page: null })} />
          <ActionIcon variant="default" size={30} aria-label="Page before" disabled={page <= 1} onClick={() => url.set({ page: String(page - 1) })}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <Text size="xs" className="number">
            {count(page)} / {count(last)}
          </Text>
          <ActionIcon variant="default" size={30} aria-label="Next page" disabled={page >= last} onClick={() => url.set({ page: String(page + 1) })}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      )}
    </Group>
  );
}
