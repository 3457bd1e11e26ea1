// A part of a page in a frame of its own, with its heading and what can be done there.
import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export function Panel({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="panel" style={{ padding: '14px 16px 16px', minWidth: 0 }} aria-label={title}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </section>
  );
}

/** A number with its name. */
export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div style={{ minWidth: 0 }}>
      <div style={{ fontSize: 12, color: 'var(--mantine-color-dimmed)' }}>{label}</div>
      <div className="number" style={{ fontSize: 22, fontWeight: 650, lineHeight: 1.3 }}>
        {value}
      </div>
      {note && <div style={{ fontSize: 12, color: 'var(--mantine-color-dimmed)' }}>{note}</div>}
    </div>
  );
}
