// A load that failed, which must never look like an empty list.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

import { problemOf } from '../api/problem';
import { t } from '../words';
import { CopyButton } from './copy-button';

export function LoadError({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  const { detail, requestId } = problemOf(error);
  return (
    <Alert variant="outline" color="red" icon={<IconAlertTriangle size={20} />} title={t`Could not load ${what}`} role="alert" styles={{ title: { color: 'var(--alias-bad)' } }}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{detail}</Text>
        <Group gap="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            {t`Retry`}
          </Button>
          {requestId && <RequestId id={requestId} />}
        </Group>
      </Stack>
    </Alert>
  );
}

export function RequestId({ id }: { id: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="xs" c="dimmed" className="mono break">
        {id}
      </Text>
      <CopyButton value={id} label={t`Copy request id`} />
    </Group>
  );
}
