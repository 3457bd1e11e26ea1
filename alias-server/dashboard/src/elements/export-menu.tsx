// A list as a file: everything that the current filters leave, read page by page, with a count and a way to stop.
import { Button, Group, Menu, Progress, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useRef, useState } from 'react';

import { t } from '../words';
import { count } from './format';
import { failed } from './notices';
import { Modal } from './overlays';

const AT_ONCE = 1_000;

export interface Part<T> {
  rows: T[];
  total: number;
  /** Where the next part begins: what comes or goes meanwhile moves no row. */
  next: string | undefined;
}

interface Props<T> {
  /** The file's name without its end: `aliases`. */
  name: string;
  /** What is in it, in words. */
  many: string;
  /** Among other small buttons. */
  small?: boolean;
  read: (part: { limit: number; cursor: string | undefined }, signal: AbortSignal) => Promise<Part<T>>;
}

export function ExportMenu<T extends object>({ name, many, small, read }: Props<T>) {
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const stop = useRef<AbortController>(undefined);

  const run = async (write: (rows: T[]) => string, end: string, type: string) => {
    const controller = new AbortController();
    stop.current = controller;
    const rows: T[] = [];
    setProgress({ done: 0, total: 0 });
    try {
      let cursor: string | undefined;
      do {
        const part = await read({ limit: AT_ONCE, cursor }, controller.signal);
        rows.push(...part.rows);
        cursor = part.next;
        setProgress({ done: rows.length, total: part.total });
      } while (cursor);
      save(`${name}.${end}`, write(rows), type);
    } catch (error) {
      if (!controller.signal.aborted) failed(t`Export`, error);
    } finally {
      setProgress(null);
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size={small ? 'xs' : undefined} variant="default" leftSection={<IconDownload size={16} aria-hidden />} rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t`Export`}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void run(csvOf, 'csv', 'text/csv')}>{small ? t`CSV of the selected` : t`CSV of this list`}</Menu.Item>
          <Menu.Item onClick={() => void run((rows) => JSON.stringify(rows, null, 2), 'json', 'application/json')}>{small ? t`JSON of the selected` : t`JSON of this list`}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={progress !== null} onClose={() => stop.current?.abort()} title={t`Exporting ${many}`} withCloseButton={false}>
        {progress && (
          <Stack>
            <Progress value={progress.total ? (100 * progress.done) / progress.total : 0} aria-label={t`Exporting ${many}`} />
            <Group justify="space-between">
              <Text size="sm" role="status" className="number">
                {t`${count(progress.done)} of ${count(progress.total)}`}
              </Text>
              <Button variant="default" size="xs" onClick={() => stop.current?.abort()}>
                {t`Cancel`}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}

export function save(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What begins like a formula is quoted, so that no spreadsheet computes it. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvOf(rows: object[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => names.map((name) => cell((row as Record<string, unknown>)[name])).join(','));
  return [names.join(','), ...lines, ''].join('\r\n');
}
