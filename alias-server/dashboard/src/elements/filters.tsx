// The line above a list: its search, its filters as chips, all of them in the address.
import { ActionIcon, Button, Group, Menu, TextInput } from '@mantine/core';
import { IconChevronDown, IconSearch, IconX } from '@tabler/icons-react';

import { t } from '../words';
import type { UrlState } from './url-state';
import { useTyped } from './use-typed';

const WAIT_MS = 250;

export function SearchField({ url, label }: { url: UrlState; label: string }) {
  const { text, type } = useTyped(url.get('q'), (q) => url.set({ q }), WAIT_MS);
  return (
    <TextInput
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={text}
      onChange={({ currentTarget }) => type(currentTarget.value, currentTarget.value.trim())}
      style={{ flex: '1 1 220px', maxWidth: 380 }}
      size="xs"
    />
  );
}

export interface Choice {
  value: string;
  label: string;
}

/** One of several values. */
export function FilterMenu({ url, name, label, choices, fault }: { url: UrlState; name: string; label: string; choices: Choice[]; fault?: string }) {
  const value = url.get(name);
  const chosen = choices.find((choice) => choice.value === value)?.label ?? value;
  return (
    <Group gap={0} wrap="nowrap">
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="xs" variant={value ? 'light' : 'default'} c={value ? 'var(--alias-accent)' : undefined} rightSection={<IconChevronDown size={14} aria-hidden />}>
            {value ? `${label}: ${chosen}` : label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          {fault && <Menu.Label>{fault}</Menu.Label>}
          {choices.map((choice) => (
            <Menu.Item key={choice.value} fw={choice.value === value ? 700 : 400} onClick={() => url.set({ [name]: choice.value })}>
              {choice.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {value && (
        <ActionIcon variant="subtle" color="gray" c="dimmed" size={28} aria-label={t`Remove filter ${label}`} onClick={() => url.set({ [name]: null })}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}

/** On or off. */
export function FilterChip({ url, name, label, value = '1' }: { url: UrlState; name: string; label: string; value?: string }) {
  const on = url.get(name) === value;
  return (
    <Button size="xs" variant={on ? 'light' : 'default'} c={on ? 'var(--alias-accent)' : undefined} aria-pressed={on} onClick={() => url.set({ [name]: on ? null : value })}>
      {label}
    </Button>
  );
}

export function ClearFilters({ url, names }: { url: UrlState; names: string[] }) {
  if (!names.some((name) => url.get(name))) return null;
  return (
    <Button size="xs" variant="subtle" onClick={() => url.set(Object.fromEntries(names.map((name) => [name, null])))}>
      {t`Clear filters`}
    </Button>
  );
}
