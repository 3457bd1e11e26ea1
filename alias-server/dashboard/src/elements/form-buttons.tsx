// The end of every form: its request as curl, a way out, and what it does.
import { Button, Group } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { useSession } from '../session/session';
import { t } from '../words';
import { BusyButton } from './busy-button';
import { CurlDialog, type CurlRequest } from './curl';

interface Props {
  submit: string;
  busy: boolean;
  onCancel: () => void;
  curl?: () => CurlRequest;
  danger?: boolean;
  disabled?: boolean;
  cancelFirst?: boolean;
  children?: ReactNode;
}

export function FormButtons({ submit, busy, onCancel, curl, danger, disabled, cancelFirst, children }: Props) {
  const { me } = useSession();
  const [request, setRequest] = useState<CurlRequest | null>(null);
  return (
    <Group justify={curl ? 'space-between' : 'flex-end'} gap="xs">
      {curl && (
        <Button variant="subtle" color="gray" c="dimmed" px={8} onClick={() => setRequest(curl())}>
          {t`Copy as curl`}
        </Button>
      )}
      <Group gap="xs">
        <Button variant="default" onClick={onCancel} data-autofocus={cancelFirst || undefined}>
          {t`Cancel`}
        </Button>
        {children}
        <BusyButton type="submit" color={danger ? 'red' : undefined} busy={busy} disabled={disabled}>
          {submit}
        </BusyButton>
      </Group>
      <CurlDialog request={request} keyed={me.mode !== 'open'} onClose={() => setRequest(null)} />
    </Group>
  );
}
