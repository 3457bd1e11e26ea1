// Who calls an alias: asked before it goes, and looked at while it is on its way out.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Alias, AliasCaller } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { count, exactTime } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Head, SmallTable } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { useCallers } from './queries';

const HEADS: Head<AliasCaller>[] = [
  {
    title: t`Team`,
    cell: (row) => (
      <Anchor component={Link} to={`/teams/${encodeURIComponent(row.team_id)}`} size="sm" className="break">
        {row.team_id}
      </Anchor>
    ),
  },
  { title: t`Organization`, cell: (row) => row.organization_id },
  { title: t`Last call`, cell: (row) => <Time at={row.last_used_at} /> },
  { title: t`7 days`, numeric: true, cell: (row) => count(row.last_7_days.calls) },
  { title: t`30 days`, numeric: true, cell: (row) => count(row.last_30_days.calls) },
];

/** One line for dialogs. */
export function CallersLine({ alias }: { alias: string }) {
  const callers = useCallers(alias);
  if (callers.error) return <Text size="sm" role="status">{t`Who calls it could not be counted.`}</Text>;
  if (!callers.data) return <Text size="sm" c="dimmed" role="status">{t`Counting who calls it…`}</Text>;
  const still = callers.data.callers.filter((one) => one.last_7_days.calls > 0);
  const names = still.slice(0, 3).map((one) => one.team_id);
  const shown = names.join(', ');
  const all = still.length > names.length ? t`${shown}, and ${count(still.length - names.length)} more` : shown;
  return <Text size="sm">{still.length === 0 ? t`No team called it in the last 7 days.` : plural(still.length, '# team called it in the last 7 days: {0}.', '# teams called it in the last 7 days: {0}.', all)}</Text>;
}

export const noticePath = (kind: string, alias: string): string => `/settings?tab=notices&create=${encodeURIComponent(`${kind}:${alias}`)}`;

export function CallersPanel({ alias }: { alias: Alias }) {
  const callers = useCallers(alias.alias);
  const { may } = useSession();
  return (
    <Panel
      title={t`Who calls it`}
      actions={
        <Group gap="xs">
          {callers.data && <CopyButton wide label={t`Copy text for teams`} value={callers.data.notification} />}
          {may('writeCatalog') && (
            <Button size="xs" variant="default" component={Link} to={noticePath(alias.deprecation ? 'deprecation' : 'new_model', alias.alias)} leftSection={<IconSpeakerphone size={15} aria-hidden />}>
              {t`Notify teams`}
            </Button>
          )}
        </Group>
      }
    >
      <Stack gap="sm">
        {alias.deprecation && <End alias={alias} />}
        <Loaded query={callers} what={t`who calls it`}>
          {(of) => <SmallTable label={t`Teams that call it`} heads={HEADS} rows={of.callers} id={(row) => row.team_id} maxHeight={360} empty={t`No team ever called it.`} />}
        </Loaded>
      </Stack>
    </Panel>
  );
}

const ENDS: Record<string, string> = {
  block: t`calls are refused then`,
  redirect: t`calls go where those of the successor go then`,
  keep: t`calls are served as before then`,
};

const brownoutText = (from: string, to: string, windows: number): string =>
  windows > 1 ? t`Next brown-out: ${from} until ${to}, of ${windows}` : t`Next brown-out: ${from} until ${to}`;

/** How it ends, in words. */
function End({ alias }: { alias: Alias }) {
  const told = alias.deprecation;
  if (!told) return null;
  const now = new Date().toISOString();
  const next = told.brownouts?.find((one) => one.ends_at > now);
  const windows = told.brownouts?.length ?? 0;
  const since = <Time at={told.deprecated_at} />;
  return (
    <Stack gap={2}>
      <Text size="sm">
        {told.sunset_at ? t`Deprecated ${since}; its time is over ${<Time at={told.sunset_at} />}: ${ENDS[told.at_sunset ?? 'block']}.` : t`Deprecated ${since}; without an end.`}
        {told.replacement && (
          <>
            {' '}
            {t`Successor: ${<Anchor component={Link} to={`/aliases/${encodeURIComponent(told.replacement)}`} inherit underline="always" className="mono">
              {told.replacement}
            </Anchor>}.`}
          </>
        )}
      </Text>
      {told.message && <Text size="sm" c="dimmed" className="break">“{told.message}”</Text>}
      {next && (
        <Text size="sm" component="div">
          {next.starts_at <= now ? (
            <Status tone="bad">{t`Calls are refused until ${exactTime(next.ends_at)}`}</Status>
          ) : (
            brownoutText(exactTime(next.starts_at), exactTime(next.ends_at), windows)
          )}
        </Text>
      )}
    </Stack>
  );
}
