// Copies a text, and says so to eyes and to screen readers.
import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { t } from '../words';
import { copyText, NOT_COPIED } from './copy';
import { failed } from './notices';

interface Props {
  value: string;
  /** What is copied: `Copy gpt-4`. */
  label: string;
  /** Shown as a button with its words. */
  wide?: boolean;
}

export function CopyButton({ value, label, wide = false }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const icon = copied ? <IconCheck size={15} /> : <IconCopy size={15} />;
  const copy = async () => {
    if (await copyText(value)) setCopied(true);
    else failed(label, new Error(NOT_COPIED));
  };
  if (wide) {
    return (
      <Button variant="default" size="xs" leftSection={icon} onClick={() => void copy()}>
        {copied ? t`Copied` : label}
      </Button>
    );
  }
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={() => void copy()}>
      {icon}
      <span className="visually-hidden" aria-live="polite">
        {copied ? t`Copied` : ''}
      </span>
    </button>
  );
}
