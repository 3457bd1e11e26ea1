// Changes of an alias that wait for their moment: what they will do, when, and a way to take them back.
import { Group, Text } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';

import type { Alias, ScheduledChange, SplitTarget } from '../../api/types';
import { actorOf } from '../../elements/actor';
import { done, failed } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { RowButton } from '../../elements/row-button';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { aliasesChanged, cancelChange } from './queries';

/** `Switch to anthropic/claude-3-opus`, `Delete`, `Change tags`. */
function wordsOf({ action, change }: ScheduledChange): string {
  if (action === 'delete') return t`Delete`;
  const fields = (change ?? {}) as Record<string, unknown>;
  const words = Object.entries(fields).map(([field, value]) => {
    if (field === 'litellm_model') return t`switch to ${String(value)}`;
    if (field === 'split' && Array.isArray(value)) return splitText(value as SplitTarget[]);
    if (field === 'active') return value ? t`enable` : t`disable`;
    return t`change ${field.replaceAll('_', ' ')}`;
  });
  const text = words.join(', ') || t`change nothing`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const splitText = (split: SplitTarget[]): string => split.map((one) => t`${one.share} % of callers to ${one.litellm_model}`).join(', ') || t`end the split`;

/** In the list, beneath the status: the next of them. */
export function ScheduledMark({ alias }: { alias: Alias }) {
  const next = alias.scheduled[0];
  if (!next) return null;
  return (
    <span className="second-line one-line" title={wordsOf(next)}>
      {wordsOf(next)} <Time at={next.effective_at} />
    </span>
  );
}

export function ScheduledPanel({ alias }: { alias: Alias }) {
  const client = useQueryClient();
  const { may } = useSession();
  if (alias.scheduled.length === 0) return null;
  const cancel = async (one: ScheduledChange) => {
    try {
      await cancelChange(alias.alias, one.id);
      done(t`Taken back: ${wordsOf(one)}`);
      await aliasesChanged(client);
    } catch (error) {
      failed(t`Taking it back`, error);
    }
  };
  return (
    <Panel title={t`Scheduled`}>
      <ul className="list-plain">
        {alias.scheduled.map((one) => (
          <li key={one.id} className="line">
            <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
              <IconClock size={16} aria-hidden style={{ flexShrink: 0 }} />
              <Text size="sm" className="break">
                {t`${<b>{wordsOf(one)}</b>} ${<Time at={one.effective_at} />}, by ${actorOf(one)}`}
                {one.reason && <>: “{one.reason}”</>}
              </Text>
            </Group>
            {may('writeCatalog') && <RowButton label={t`Take back`} name={wordsOf(one)} onClick={() => void cancel(one)} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
