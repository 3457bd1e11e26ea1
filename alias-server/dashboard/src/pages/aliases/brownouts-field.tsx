// Windows before the sunset in which calls are refused: from when until when, one line for each.
import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';

import type { Deprecation } from '../../api/types';
import { keptMoment, MOMENT } from '../../elements/moment-field';
import { t } from '../../words';

const MOST = 16;

type Brownout = NonNullable<Deprecation['brownouts']>[number];

/** As the fields hold them: `2027-01-17T06:00`, in the time zone of whoever looks. */
export interface Window {
  start: string;
  end: string;
  /** The window that it was. */
  read?: Brownout;
}

/** Those that are filled in, as the API writes them. */
export const windowsOf = (windows: Window[]) =>
  windows.flatMap(({ start, end, read }) => {
    const [starts_at, ends_at] = [keptMoment(start, read?.starts_at), keptMoment(end, read?.ends_at)];
    return starts_at && ends_at ? [{ starts_at, ends_at }] : [];
  });

export function BrownoutsField({ value, onChange, error }: { value: Window[]; onChange: (value: Window[]) => void; error?: string }) {
  const change = (place: number, part: Partial<Window>) => onChange(value.map((one, index) => (index === place ? { ...one, ...part } : one)));
  return (
    <Input.Wrapper component="fieldset" label={t`Brown-outs`} labelElement="div" description={t`Windows before the sunset in which calls are refused, so that who still calls finds out in time: up to 24 hours each`} error={error} style={{ border: 0, padding: 0, margin: 0 }}>
      <Stack gap="xs" mt={6}>
        {value.map((one, index) => (
          <Group key={index} gap="xs" wrap="nowrap" align="flex-end">
            <TextInput {...MOMENT} label={t`Window ${index + 1} from`} value={one.start} onChange={(event) => change(index, { start: event.currentTarget.value })} style={{ flex: 1, minWidth: 0 }} />
            <TextInput {...MOMENT} label={t`until`} aria-label={t`Window ${index + 1} until`} value={one.end} onChange={(event) => change(index, { end: event.currentTarget.value })} style={{ flex: 1, minWidth: 0 }} />
            <ActionIcon variant="subtle" color="gray" c="dimmed" size={34} aria-label={t`Remove window ${index + 1}`} onClick={() => onChange(value.filter((_, other) => other !== index))}>
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        {value.length < MOST && (
          <div>
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...value, { start: '', end: '' }])}>
              {t`Add a window`}
            </Button>
          </div>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
