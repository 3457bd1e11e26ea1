// Which columns a table shows, in which order and how wide: kept in the browser, for each table by its name.
import { useLocalStorage } from '@mantine/hooks';

/** What a column has to say of itself. */
interface Kind {
  key: string;
  hidden?: boolean;
}

/** What somebody chose; all else is as the table has it, also columns that come with a later version. */
interface Layout {
  shown: Record<string, boolean>;
  order: string[];
  widths: Record<string, number>;
}

const UNTOUCHED: Layout = { shown: {}, order: [], widths: {} };
const NARROWEST = 60;
const WIDEST = 800;

export interface Columns<C> {
  /** All of them in their order; the first of the table stays first. */
  all: C[];
  shown: C[];
  shows: (column: C) => boolean;
  widthOf: (column: C) => number | undefined;
  toggle: (column: C) => void;
  /** By one place among those that are shown. */
  move: (column: C, by: -1 | 1) => void;
  resize: (column: C, width: number) => void;
  isTouched: boolean;
  reset: () => void;
}

/** The columns as they are kept: those that the order does not name follow where the table has them. */
function ordered<C extends Kind>(columns: C[], order: string[]): C[] {
  const [first, ...rest] = columns;
  if (!first) return [];
  const named = order.flatMap((key) => rest.find((column) => column.key === key) ?? []);
  const all = [...named];
  for (const [index, column] of rest.entries()) {
    if (!named.includes(column)) all.splice(Math.min(index, all.length), 0, column);
  }
  return [first, ...all];
}

export function useColumns<C extends Kind>(table: string, columns: C[]): Columns<C> {
  const [layout, setLayout, clear] = useLocalStorage<Layout>({ key: `alias-table-${table}`, defaultValue: UNTOUCHED });
  const all = ordered(columns, layout.order);
  const shows = (column: C) => column === columns[0] || (layout.shown[column.key] ?? !column.hidden);
  const shown = all.filter(shows);
  const move = (column: C, by: -1 | 1) => {
    const beside = shown[shown.indexOf(column) + by];
    if (!beside || column === all[0] || beside === all[0]) return;
    const others = all.slice(1).filter((one) => one !== column);
    others.splice(others.indexOf(beside) + (by > 0 ? 1 : 0), 0, column);
    setLayout({ ...layout, order: others.map((one) => one.key) });
  };
  return {
    all,
    shown,
    shows,
    move,
    widthOf: (column) => layout.widths[column.key],
    toggle: (column) => setLayout({ ...layout, shown: { ...layout.shown, [column.key]: !shows(column) } }),
    resize: (column, width) => setLayout({ ...layout, widths: { ...layout.widths, [column.key]: Math.round(Math.min(WIDEST, Math.max(NARROWEST, width))) } }),
    isTouched: Object.values(layout).some((part) => Object.keys(part).length > 0),
    reset: clear,
  };
}
