// Testing an alias from wherever it is listed.
import { Button, Group, Stack, Text } from '@mantine/core';

import type { Alias } from '../../api/types';
import { Modal } from '../../elements/overlays';
import { t } from '../../words';
import { Trial } from './trial';

export function TestDialog({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t`Test ${alias.alias}`} size="lg">
      <Stack gap="sm">
        <Text className="mono break">{alias.litellm_model}</Text>
        <Trial alias={alias.alias} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t`Close`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
