// The head of a page: where one is, its title, what it is for, what can be done.
import { Anchor, Breadcrumbs, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { usePageTitle } from '../shell/page-title';
import { t } from '../words';

export interface Crumb {
  label: string;
  to?: string;
}

interface Props {
  title: string;
  /** In the window's title; the title where absent. */
  windowTitle?: string;
  lead?: ReactNode;
  trail?: Crumb[];
  actions?: ReactNode;
  /** Beside the title: a state. */
  aside?: ReactNode;
}

export function PageHead({ title, windowTitle, lead, trail, actions, aside }: Props) {
  usePageTitle(windowTitle ?? title);
  return (
    <header style={{ padding: '14px 0 18px' }}>
      {trail && (
        <nav aria-label={t`Breadcrumb`}>
          <Breadcrumbs fz="sm" mb={6} separatorMargin={6} styles={{ separator: { color: 'var(--mantine-color-dimmed)' } }}>
            {trail.map((part) =>
              part.to ? (
                <Anchor key={part.label} component={Link} to={part.to} fz="sm">
                  {part.label}
                </Anchor>
              ) : (
                <Text key={part.label} fz="sm" c="dimmed">
                  {part.label}
                </Text>
              ),
            )}
          </Breadcrumbs>
        </nav>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ minWidth: 0 }}>
          <Group gap="sm">
            <Title order={1} size="h2" className="break">
              {title}
            </Title>
            {aside}
          </Group>
          {lead && (
            <Text c="dimmed" size="sm" mt={2} className="break">
              {lead}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
    </header>
  );
}
