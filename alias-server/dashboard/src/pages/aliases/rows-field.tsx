// Parts of an alias that there are several of, one below the other: each can be removed, and another one added.
import { ActionIcon, Button, Input, Stack } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';

interface Props<T> {
  id: string;
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  /** `Add a target`. */
  add: string;
  /** What the part at a place is called, from 1 on, and how it is removed. */
  partOf: (place: number) => { title: string; remove: string };
  most: number;
  rows: T[];
  onChange: (rows: T[]) => void;
  /** What is added. */
  blank: T;
  /** What is wrong with a part as a whole. */
  errorOf: (place: number) => string | undefined;
  children: (row: T, change: (part: Partial<T>) => void, place: number) => ReactNode;
}

const PLAIN = { border: 0, padding: 0, margin: 0, minWidth: 0 };

export function RowsField<T>({ id, label, description, error, add, partOf, most, rows, onChange, blank, errorOf, children }: Props<T>) {
  const root = useRef<HTMLDivElement>(null);
  const before = useRef(rows.length);
  // Whoever added one goes on in it; whoever removed one loses no place.
  useEffect(() => {
    const added = rows.length > before.current;
    if (rows.length !== before.current) {
      const last = root.current?.querySelector<HTMLElement>(added ? '.part:last-of-type input' : '.part-add');
      last?.focus();
    }
    before.current = rows.length;
  }, [rows.length]);
  return (
    <Input.Wrapper component="fieldset" id={id} tabIndex={-1} aria-label={label} label={label} labelElement="div" description={description} error={error} style={PLAIN}>
      <Stack gap="sm" mt={8} ref={root}>
        {rows.map((row, place) => (
          <fieldset key={place} className="part" aria-label={partOf(place + 1).title}>
            <Stack gap="xs">{children(row, (change) => onChange(rows.map((one, index) => (index === place ? { ...one, ...change } : one))), place)}</Stack>
            {errorOf(place) && <Input.Error mt={6}>{errorOf(place)}</Input.Error>}
            <ActionIcon className="part-end" variant="subtle" color="gray" c="dimmed" size={28} aria-label={partOf(place + 1).remove} onClick={() => onChange(rows.filter((_, index) => index !== place))}>
              <IconX size={16} />
            </ActionIcon>
          </fieldset>
        ))}
        {rows.length < most && (
          <div>
            <Button className="part-add" size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...rows, blank])}>
              {add}
            </Button>
          </div>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
