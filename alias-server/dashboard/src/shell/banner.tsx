// Says that the server does not answer, and when it is tried again.
import { Button, Group, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { attemptNow, useConnection } from '../api/connection';
import { t } from '../words';

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
        {seconds > 0 ? t`Connection lost. Retrying in ${seconds} s` : t`Connection lost. Retrying…`}
      </Text>
      <Button size="compact-sm" variant="white" color="dark" onClick={attemptNow}>
        {t`Retry now`}
      </Button>
    </Group>
  );
}
