// A list that is empty: why, and what to do first.
import { Stack, Text, ThemeIcon } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export function Empty({ icon: Sign, title, children, actions }: { icon: Icon; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" py={56} px="md" ta="center">
      <ThemeIcon variant="light" size={52} radius="xl" aria-hidden>
        <Sign size={26} stroke={1.6} />
      </ThemeIcon>
      <Text fw={650}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" maw={460}>
          {children}
        </Text>
      )}
      {actions}
    </Stack>
  );
}
