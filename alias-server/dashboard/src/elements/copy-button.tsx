// Copies a text, and says so to eyes and to screen readers.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';

import { t } from '../words';

interface Props {
  value: string;
  /** What is copied: `Copy gpt-4`. */
  label: string;
  /** Shown as a button with its words. */
  wide?: boolean;
}

export function CopyButton({ value, label, wide = false }: Props) {
  const clipboard = useClipboard({ timeout: 1_500 });
  const icon = clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />;
  const copy = () => clipboard.copy(value);
  if (wide) {
    return (
      <Button variant="default" size="xs" leftSection={icon} onClick={copy}>
        {clipboard.copied ? t`Copied` : label}
      </Button>
    );
  }
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={copy}>
      {icon}
      <span className="visually-hidden" aria-live="polite">
        {clipboard.copied ? t`Copied` : ''}
      </span>
    </button>
  );
}
