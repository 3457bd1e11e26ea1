// Choosing one of many, and adding it. The focus stays in the field, so that the next one can be chosen at once.
import { Group, Select, Text } from '@mantine/core';
import { type ReactNode, type RefObject, useState } from 'react';

import { BusyButton } from './busy-button';

interface Props {
  field: RefObject<HTMLInputElement | null>;
  label: string;
  placeholder: string;
  choices: string[];
  none: string;
  /** `Add`. */
  action: string;
  /** Gives whether it was done; why it was not is said elsewhere. */
  onAdd: (choice: string) => Promise<boolean>;
  /** Why there are no choices. */
  fault?: string;
  /** What would come of it. */
  note: (choice: string) => ReactNode;
}

export function Chooser({ field, label, placeholder, choices, none, action, onAdd, fault, note }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async () => {
    if (!chosen) return;
    setBusy(true);
    const done = await onAdd(chosen);
    setBusy(false);
    if (!done) return;
    setChosen(null);
    field.current?.focus();
  };
  return (
    <>
      <Group align="flex-end" gap="xs">
        <Select ref={field} label={label} placeholder={placeholder} searchable openOnFocus={false} limit={50} error={fault} data={choices} value={chosen} onChange={setChosen} nothingFoundMessage={none} style={{ flex: 1 }} />
        <BusyButton variant="default" disabled={!chosen} busy={busy} onClick={() => void add()}>
          {action}
        </BusyButton>
      </Group>
      {chosen && (
        <Text size="sm" c="dimmed" role="status">
          {note(chosen)}
        </Text>
      )}
    </>
  );
}
