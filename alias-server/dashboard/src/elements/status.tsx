// A state in words, with a sign beside it: colour never says anything alone.
import { Group } from '@mantine/core';
import { IconAlertTriangle, IconCircleDashed, IconCircleFilled, IconPlayerPauseFilled } from '@tabler/icons-react';

import type { Alias } from '../api/types';
import { t } from '../words';
import { ago } from './format';

type Tone = 'good' | 'warn' | 'bad' | 'off';

const SIGNS = { good: IconCircleFilled, warn: IconAlertTriangle, bad: IconAlertTriangle, off: IconCircleDashed };
const COLOURS = { good: 'var(--alias-good)', warn: 'var(--alias-warn)', bad: 'var(--alias-bad)', off: 'var(--mantine-color-dimmed)' };

export function Status({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  const Sign = SIGNS[tone];
  return (
    <Group gap={6} wrap="nowrap" style={{ display: 'inline-flex', color: COLOURS[tone], fontWeight: 500, whiteSpace: 'nowrap' }}>
      <Sign size={tone === 'good' ? 9 : 14} aria-hidden />
      <span>{children}</span>
    </Group>
  );
}

export function AliasStatus({ alias }: { alias: Pick<Alias, 'status' | 'sunset_at'> }) {
  const status: string = alias.status;
  if (status === 'active') return <Status tone="good">{t`Active`}</Status>;
  if (status === 'disabled') return <Status tone="off">{t`Disabled`}</Status>;
  if (status === 'deprecated') return <Status tone="warn">{alias.sunset_at ? t`Deprecated (ends ${ago(alias.sunset_at)})` : t`Deprecated`}</Status>;
  return <Status tone="bad">{status === 'sunset' ? t`Ended` : status}</Status>;
}

/** Of a team or an organization. */
export const STANDINGS: Record<string, string> = { active: t`Active`, paused: t`Paused`, suspended: t`Suspended` };

export function Standing({ status }: { status: string }) {
  const words = STANDINGS[status] ?? status;
  if (status === 'active') return <Status tone="good">{words}</Status>;
  if (status === 'paused') {
    return (
      <Group gap={6} wrap="nowrap" style={{ display: 'inline-flex', color: COLOURS.warn, fontWeight: 500 }}>
        <IconPlayerPauseFilled size={13} aria-hidden />
        <span>{words}</span>
      </Group>
    );
  }
  return <Status tone="bad">{words}</Status>;
}
