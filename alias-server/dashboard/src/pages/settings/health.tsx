// How the servers are, and whether the books and the audit log are what they should be.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Replica } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { count, counted } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Head, SmallTable } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { UpstreamPanel } from './upstream';

export function Health() {
  const { may } = useSession();
  return (
    <Stack>
      <UpstreamPanel />
      <Replicas />
      <Books />
      {may('readAudit') && <Chain />}
    </Stack>
  );
}

function standing(one: Replica) {
  if (one.status === 'current') return <Status tone="good">Current</Status>;
  if (one.status === 'behind') return <Status tone="warn">{counted(one.lag, 'revision')} behind</Status>;
  return <Status tone="bad">Silent</Status>;
}

const HEADS: Head<Replica>[] = [
  { title: 'Server', className: 'mono', cell: (one) => one.address },
  { title: 'Status', cell: standing },
  { title: 'Revision', numeric: true, cell: (one) => count(one.revision) },
  { title: 'Version', cell: (one) => one.version },
  { title: 'Started', cell: (one) => <Time at={one.started_at} /> },
];

function Replicas() {
  const replicas = useQuery({ queryKey: ['replicas'], queryFn: () => answer(api.GET('/api/replicas')), refetchInterval: 10_000 });
  return (
    <Panel title="Servers">
      <Loaded query={replicas} what="the servers">
        {(list) => (
          <>
            <Text size="sm" c="dimmed" mb="xs">
              The catalogue is at revision {count(list.revision)}. A server that is behind serves no older answer to whoever asks for a newer one.
            </Text>
            <SmallTable label="Servers" heads={HEADS} rows={list.replicas} id={(one) => one.replica_id} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** Asked for by hand: it reads every call. */
function Books() {
  const check = useQuery({ queryKey: ['verify', 'usage'], queryFn: () => answer(api.GET('/api/usage/verify')), enabled: false, retry: false });
  return (
    <Panel
      title="Books"
      actions={
        <BusyButton size="xs" variant="default" busy={check.isFetching} onClick={() => void check.refetch()}>
          Verify the books
        </BusyButton>
      }
    >
      {check.error ? (
        <LoadError what="the check" error={check.error} onRetry={() => void check.refetch()} />
      ) : check.data ? (
        <Stack gap="xs" role="status">
          {check.data.clean ? <Status tone="good">Every number is what it should be</Status> : <Status tone="bad">{check.data.complete ? `${counted(check.data.found, 'difference')} found` : 'Not all could be read in time'}</Status>}
          <Text size="sm" c="dimmed">
            {counted(check.data.events, 'call')}, {counted(check.data.accounts, 'account')} and {counted(check.data.transactions, 'transaction')} were read.
          </Text>
          {check.data.differences.map((one) => (
            <Text key={`${one.place} ${one.what}`} size="sm" className="break">
              {one.place}, {one.what}: {one.expected} expected, {one.found} found
            </Text>
          ))}
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          Computes every number again from the calls, and says which differ.
        </Text>
      )}
    </Panel>
  );
}

function Chain() {
  const check = useQuery({ queryKey: ['verify', 'audit'], queryFn: () => answer(api.GET('/api/audit/verify')), enabled: false, retry: false });
  return (
    <Panel
      title="Audit log"
      actions={
        <BusyButton size="xs" variant="default" busy={check.isFetching} onClick={() => void check.refetch()}>
          Verify the log
        </BusyButton>
      }
    >
      {check.error ? (
        <LoadError what="the check" error={check.error} onRetry={() => void check.refetch()} />
      ) : check.data ? (
        <Stack gap="xs" role="status">
          {check.data.valid ? <Status tone="good">Every record is there, as it was written</Status> : <Status tone="bad">Record {check.data.first_broken} is missing or was changed</Status>}
          <Text size="sm" c="dimmed" className="break">
            {counted(check.data.records, 'record')}. Newest hash: <span className="mono">{check.data.head ?? 'none'}</span>
          </Text>
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          Follows the chain of hashes from the first record to the newest.
        </Text>
      )}
    </Panel>
  );
}
