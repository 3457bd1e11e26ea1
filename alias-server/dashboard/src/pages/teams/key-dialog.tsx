// A new key, shown once: to be copied and stored before this closes.
import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';

import { Code } from '../../elements/code';
import { CopyButton } from '../../elements/copy-button';
import { Modal } from '../../elements/overlays';
import { t } from '../../words';

interface Props {
  secret: string;
  team: string;
  /** What the key can call, for the mail. */
  models: string[];
  onClose: () => void;
}

export function KeyDialog({ secret, team, models, onClose }: Props) {
  const [stored, setStored] = useState(false);
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} size="lg" title={t`The key of ${team}`}>
      <Stack>
        <Alert variant="outline" color="yellow" icon={<IconKey size={20} color="var(--alias-warn)" />}>
          <Text size="sm">{t`This is the only time that the key is shown. Store it in a secret manager, or hand it to the team.`}</Text>
        </Alert>
        <Code text={secret} label={t`key`} />
        <Group>
          <CopyButton wide label={t`Copy key`} value={secret} />
          <CopyButton wide label={t`Copy onboarding mail`} value={mail(team, secret, models)} />
        </Group>
        <Group justify="space-between">
          <Checkbox label={t`I stored it`} checked={stored} data-autofocus onChange={(event) => setStored(event.currentTarget.checked)} />
          <Button disabled={!stored} onClick={onClose}>
            {t`Close`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function mail(team: string, secret: string, models: string[]): string {
  const model = models[0] ?? 'MODEL';
  return t`Your access to our models is ready.

Team: ${team}
Base URL: ${location.origin}/v1
Key: ${secret}
Models: ${models.join(', ') || t`none yet`}

A first call:

curl ${location.origin}/v1/chat/completions \\
  -H "Authorization: Bearer ${secret}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'

The list of your models: GET ${location.origin}/v1/models
Please keep the key secret; it can be replaced at any time.
`;
}
