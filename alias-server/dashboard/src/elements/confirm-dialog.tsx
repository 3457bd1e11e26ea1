// Something that cannot be taken back, said before it is done.
import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import { FormButtons } from './form-buttons';
import { FormError } from './form-error';
import { Modal } from './overlays';
import { useSubmit } from './use-submit';

interface Props {
  title: string;
  action: string;
  children: ReactNode;
  run: () => Promise<void>;
  /** What is sent, without a body. */
  method?: 'DELETE' | 'POST';
  path: string;
  onClose: () => void;
}

export function ConfirmDialog({ title, action, children, run, method = 'DELETE', path, onClose }: Props) {
  const submit = useSubmit(async () => {
    await run();
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit.onSubmit}>
        <Stack>
          <FormError error={submit.error} />
          <Text size="sm" component="div">
            {children}
          </Text>
          <FormButtons submit={action} danger busy={submit.busy} onCancel={onClose} cancelFirst curl={() => ({ method, path })} />
        </Stack>
      </form>
    </Modal>
  );
}
