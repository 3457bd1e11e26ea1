// Says that the server does not answer, and when it is tried again.
import { Button, Group, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { attemptNow, useConnection } from '../api/connection';

export function ConnectionBanner() {
  const { lost, nextAt } = useConnection();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!lost) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [lost, nextAt]);
  if (!lost) return null;
  const seconds = Math.max(0, Math.ceil((nextAt - now) / 1_000));
  return (
    <Group role="status" justify="center" gap="sm" wrap="nowrap" style={{ position: 'fixed', insetInline: 0, top: 0, zIndex: 1000, padding: '7px 12px', color: '#fff', background: '#8f1d14' }}>
      <IconPlugConnectedX size={18} aria-hidden />
      <Text size="sm" fw={600}>
        Connection lost. {seconds > 0 ? `Retrying in ${seconds} s` : 'Retrying…'}
      </Text>
      <Button size="compact-sm" variant="white" color="dark" onClick={attemptNow}>
        Retry now
      </Button>
    </Group>
  );
}
