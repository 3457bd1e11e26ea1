// Every list: sorted and paged by the server, its state in the address, usable by keyboard alone.
import { ActionIcon, Group, Menu, Select, Skeleton, Text, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconChevronLeft, IconChevronRight, IconColumns3 } from '@tabler/icons-react';
import { lazy, type PointerEvent, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';

import { t } from '../words';
import { count } from './format';
import { isShortcut } from './is-shortcut';
import { LoadError } from './load-error';
import { nextOrder, readOrder } from './sort-order';
import { type Columns, useColumns } from './table-columns';
import type { UrlState } from './url-state';

const TableMenu = lazy(() => import('./table-menu'));

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
  /** Where nobody chose another one. */
  width?: number;
}

interface Props<T> {
  /** For what is remembered of this table. */
  name: string;
  /** What its rows are, in words: `aliases`. */
  many: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  total?: number;
  error: unknown;
  onRetry: () => void;
  url: UrlState;
  defaultSort?: string;
  id: (row: T) => string;
  /** What `e` does with the row that has the focus. */
  onEdit?: (row: T) => void;
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
  const { name, many, rows, error, onRetry, url, id, selection, empty, actions } = props;
  const layout = useColumns(name, props.columns);
  const [compact, setCompact] = useLocalStorage({ key: 'alias-compact', defaultValue: false });
  const columns = layout.shown;
  useRowKeys(props);
  const showsSkeleton = useLate(!rows && !error);
  // The last row of the last page was deleted, or a link is of longer ago: the last page that there is.
  const { limit, offset } = pageOf(url);
  const last = rows?.length === 0 && props.total && offset > 0 ? Math.ceil(props.total / limit) : 0;
  const { set } = url;
  useEffect(() => {
    if (last) set({ page: String(last) });
  }, [last, set]);

  if (error && !rows) {
    return (
      <div style={{ padding: 16 }}>
        <LoadError what={many} error={error} onRetry={onRetry} />
      </div>
    );
  }
  if (rows?.length === 0 && !last) return <>{empty}</>;
  const several = props.columns.filter((column) => column.sort).length > 1;
  const ids = rows?.map(id) ?? [];
  const chosenHere = ids.filter((one) => selection?.chosen.has(one)).length;
  return (
    <>
      {Boolean(error) && (
        <div style={{ padding: 12 }}>
          <LoadError what={t`newer ${many}`} error={error} onRetry={onRetry} />
        </div>
      )}
      <div className="table-scroll table-list" tabIndex={0} role="region" aria-label={t`Table of ${many}`}>
        <table className="data-table plain" data-compact={compact || undefined} data-actions>
          <thead>
            <tr>
              {selection && (
                <th style={{ width: 40 }}>
                  <Tick
                    label={t`Select all on this page`}
                    checked={chosenHere > 0 && chosenHere === ids.length}
                    partly={chosenHere > 0 && chosenHere < ids.length}
                    onChange={() => selection.set(chosenHere === ids.length ? new Set([...selection.chosen].filter((one) => !ids.includes(one))) : new Set([...selection.chosen, ...ids]))}
                  />
                </th>
              )}
              {columns.map((column) => (
                <HeadCell key={column.key} column={column} url={url} defaultSort={props.defaultSort} several={several} layout={layout} />
              ))}
              <th className="end" style={{ width: 44 }}>
                <ColumnsButton layout={layout} compact={compact} setCompact={setCompact} />
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
              <tr key={id(row)} data-row={index}>
                {selection && (
                  <td>
                    <Tick label={t`Select ${id(row)}`} checked={selection.chosen.has(id(row))} onChange={() => selection.set(toggled(selection.chosen, id(row)))} />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key} className={column.numeric ? 'number end' : undefined} style={asWide(layout.widthOf(column))}>
                    {column.cell(row)}
                  </td>
                ))}
                <td className="end">{actions?.(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {props.paged !== false && rows && <Pages total={props.total ?? rows.length} url={url} many={many} />}
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

/** `j` and `k` go through the rows: what opens a row has the focus then, so that Enter opens it. `x` selects the row, `e` edits it. */
function useRowKeys<T>(props: Props<T>): void {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { rows = [], id, selection, onEdit } = latest.current;
      const { target, key } = event;
      if (!isShortcut(event) || !(target instanceof HTMLElement)) return;
      const at = Number(target.closest<HTMLElement>('[data-row]')?.dataset.row ?? -1);
      const row = rows[at];
      if (key === 'j' || key === 'k') {
        const next = document.querySelector(`[data-row="${Math.min(rows.length - 1, Math.max(0, at + (key === 'j' ? 1 : -1)))}"]`);
        next?.querySelector<HTMLElement>('.row-link, .text-button')?.focus({ preventScroll: true });
        next?.scrollIntoView({ block: 'nearest' });
      } else if (key === 'x' && row && selection) {
        selection.set(toggled(selection.chosen, id(row)));
      } else if (key === 'e' && row && onEdit) {
        event.preventDefault();
        onEdit(row);
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

/** A width that was chosen holds, whatever the cells have. */
const asWide = (width: number | undefined) => (width === undefined ? undefined : { width, minWidth: width, maxWidth: width, overflow: 'hidden', textOverflow: 'ellipsis' });

interface HeadCellProps<T> {
  column: Column<T>;
  url: UrlState;
  defaultSort?: string;
  /** Whether the table can be sorted by several columns. */
  several: boolean;
  layout: Columns<Column<T>>;
}

function HeadCell<T>({ column, url, defaultSort, several, layout }: HeadCellProps<T>) {
  const order = readOrder(url.get('sort') || defaultSort || '');
  const place = order.findIndex((one) => one.key === column.sort);
  const down = order[place]?.down;
  const Sign = down ? IconArrowDown : IconArrowUp;
  const { sort } = column;
  return (
    <th data-column={column.key} style={{ width: column.width, ...asWide(layout.widthOf(column)) }} className={column.numeric ? 'end' : undefined} aria-sort={place === 0 ? (down ? 'descending' : 'ascending') : undefined}>
      {sort ? (
        <button type="button" className="sort-button" title={several ? t`With Shift: sort by this as well` : undefined} onClick={(event) => url.set({ sort: nextOrder(order, sort, Boolean(column.descendingFirst), several && event.shiftKey) })}>
          {column.title}
          {place >= 0 && <Sign size={13} aria-hidden />}
          {place >= 0 && order.length > 1 && (
            <>
              <span aria-hidden>{place + 1}</span>
              {place > 0 && <span className="visually-hidden">{down ? t`, then descending` : t`, then ascending`}</span>}
            </>
          )}
        </button>
      ) : (
        column.title
      )}
      <span className="column-edge" aria-hidden onPointerDown={(event) => drag(event, (width) => layout.resize(column, width))} />
    </th>
  );
}

/** Follows the pointer until it is let go. The menu of columns does the same by keyboard. */
function drag(start: PointerEvent<HTMLElement>, resize: (width: number) => void) {
  const edge = start.currentTarget;
  const from = edge.parentElement?.getBoundingClientRect().width ?? 0;
  const follow = (event: globalThis.PointerEvent) => resize(from + event.clientX - start.clientX);
  edge.setPointerCapture(start.pointerId);
  edge.addEventListener('pointermove', follow);
  edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', follow), { once: true });
  start.preventDefault();
}

interface ColumnsButtonProps<T> {
  layout: Columns<Column<T>>;
  compact: boolean;
  setCompact: (compact: boolean) => void;
}

function ColumnsButton<T>({ layout, compact, setCompact }: ColumnsButtonProps<T>) {
  const button = useRef<HTMLButtonElement>(null);
  const measure = (column: Column<T>) => button.current?.closest('tr')?.querySelector(`[data-column="${column.key}"]`)?.getBoundingClientRect().width ?? 0;
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label={t`Columns and density`}>
          <ActionIcon ref={button} variant="subtle" color="gray" c="dimmed" size={26} aria-label={t`Columns and density`}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown style={{ maxHeight: '70vh', overflowY: 'auto' }}>
        <Suspense>
          <TableMenu columns={layout as Columns<Column<unknown>>} measure={measure as (column: Column<unknown>) => number} compact={compact} setCompact={setCompact} />
        </Suspense>
      </Menu.Dropdown>
    </Menu>
  );
}

function Pages({ total, url, many }: { total: number; url: UrlState; many: string }) {
  const { limit, offset } = pageOf(url);
  const page = offset / limit + 1;
  const last = Math.max(1, Math.ceil(total / limit));
  const from = Math.min(offset + 1, total);
  const to = Math.min(offset + limit, total);
  return (
    <Group justify="space-between" px="sm" py={8} gap="sm" style={{ borderTop: '1px solid var(--alias-line)' }}>
      <Text size="xs" c="dimmed" role="status" className="number">
        {t`${count(from)}–${count(to)} of ${count(total)} ${many}`}
      </Text>
      {total > 25 && (
        <Group gap="xs">
          <Select size="xs" w={78} aria-label={t`Rows a page`} data={SIZES} value={String(limit)} allowDeselect={false} onChange={(value) => url.set({ size: value, page: null })} />
          <ActionIcon variant="default" size={30} aria-label={t`Page before`} disabled={page <= 1} onClick={() => url.set({ page: String(page - 1) })}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <Text size="xs" className="number">
            {count(page)} / {count(last)}
          </Text>
          <ActionIcon variant="default" size={30} aria-label={t`Next page`} disabled={page >= last} onClick={() => url.set({ page: String(page + 1) })}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      )}
    </Group>
  );
}
