// Who calls an alias: asked before it goes, and looked at while it is on its way out.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Alias, AliasCaller } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { count, counted, exactTime } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Head, SmallTable } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { useCallers } from './queries';

const HEADS: Head<AliasCaller>[] = [
  {
    title: 'Team',
    cell: (row) => (
      <Anchor component={Link} to={`/teams/${encodeURIComponent(row.team_id)}`} size="sm" className="break">
        {row.team_id}
      </Anchor>
    ),
  },
  { title: 'Organization', cell: (row) => row.organization_id },
  { title: 'Last call', cell: (row) => <Time at={row.last_used_at} /> },
  { title: '7 days', numeric: true, cell: (row) => count(row.last_7_days.calls) },
  { title: '30 days', numeric: true, cell: (row) => count(row.last_30_days.calls) },
];

/** One line for dialogs. */
export function CallersLine({ alias }: { alias: string }) {
  const callers = useCallers(alias);
  if (callers.error) return null;
  if (!callers.data) return <Text size="sm" c="dimmed" role="status">Counting who calls it…</Text>;
  const still = callers.data.callers.filter((one) => one.last_7_days.calls > 0);
  const names = still.slice(0, 3).map((one) => one.team_id);
  const more = still.length > names.length ? `, and ${count(still.length - names.length)} more` : '';
  return <Text size="sm">{still.length === 0 ? 'No team called it in the last 7 days.' : `${counted(still.length, 'team')} called it in the last 7 days: ${names.join(', ')}${more}.`}</Text>;
}

export const noticePath = (kind: string, alias: string): string => `/settings?tab=notices&create=${encodeURIComponent(`${kind}:${alias}`)}`;

export function CallersPanel({ alias }: { alias: Alias }) {
  const callers = useCallers(alias.alias);
  const { may } = useSession();
  return (
    <Panel
      title="Who calls it"
      actions={
        <Group gap="xs">
          {callers.data && <CopyButton wide label="Copy text for teams" value={callers.data.notification} />}
          {may('writeCatalog') && (
            <Button size="xs" variant="default" component={Link} to={noticePath(alias.deprecation ? 'deprecation' : 'new_model', alias.alias)} leftSection={<IconSpeakerphone size={15} aria-hidden />}>
              Notify teams
            </Button>
          )}
        </Group>
      }
    >
      <Stack gap="sm">
        {alias.deprecation && <End alias={alias} />}
        <Loaded query={callers} what="who calls it">
          {(of) => <SmallTable label="Teams that call it" heads={HEADS} rows={of.callers} id={(row) => row.team_id} maxHeight={360} empty="No team ever called it." />}
        </Loaded>
      </Stack>
    </Panel>
  );
}

const ENDS: Record<string, string> = {
  block: 'calls are refused then',
  redirect: 'calls go where those of the successor go then',
  keep: 'calls are served as before then',
};

/** How it ends, in words. */
function End({ alias }: { alias: Alias }) {
  const told = alias.deprecation;
  if (!told) return null;
  const now = new Date().toISOString();
  const next = told.brownouts?.find((one) => one.ends_at > now);
  return (
    <Stack gap={2}>
      <Text size="sm">
        Deprecated <Time at={told.deprecated_at} />
        {told.sunset_at ? <>; its time is over <Time at={told.sunset_at} />: {ENDS[told.at_sunset ?? 'block']}.</> : '; without an end.'}
        {told.replacement && (
          <>
            {' '}
            Successor:{' '}
            <Anchor component={Link} to={`/aliases/${encodeURIComponent(told.replacement)}`} inherit underline="always" className="mono">
              {told.replacement}
            </Anchor>
            .
          </>
        )}
      </Text>
      {told.message && <Text size="sm" c="dimmed" className="break">“{told.message}”</Text>}
      {next && (
        <Text size="sm" component="div">
          {next.starts_at <= now ? (
            <Status tone="bad">Calls are refused until {exactTime(next.ends_at)}</Status>
          ) : (
            <>
              Next brown-out: {exactTime(next.starts_at)} until {exactTime(next.ends_at)}
              {(told.brownouts?.length ?? 0) > 1 && `, of ${told.brownouts?.length}`}
            </>
          )}
        </Text>
      )}
    </Stack>
  );
}
