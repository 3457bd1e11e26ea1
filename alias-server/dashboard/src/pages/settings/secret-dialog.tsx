// A secret of the administration, shown once.
import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';

import { Code } from '../../elements/code';
import { CopyButton } from '../../elements/copy-button';
import { Modal } from '../../elements/overlays';
import { t } from '../../words';

export function SecretDialog({ title, what, secret, onClose }: { title: string; what: string; secret: string; onClose: () => void }) {
  const [stored, setStored] = useState(false);
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} size="lg" title={title}>
      <Stack>
        <Alert variant="outline" color="yellow" icon={<IconKey size={20} color="var(--alias-warn)" />}>
          <Text size="sm">{t`This is the only time that the ${what} is shown.`}</Text>
        </Alert>
        <Code text={secret} label={what} />
        <Group justify="space-between">
          <Checkbox label={t`I stored it`} checked={stored} data-autofocus onChange={(event) => setStored(event.currentTarget.checked)} />
          <Group>
            <CopyButton wide label={t`Copy ${what}`} value={secret} />
            <Button disabled={!stored} onClick={onClose}>
              {t`Close`}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
