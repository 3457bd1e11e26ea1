// How the servers are, and whether the books and the audit log are what they should be.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Replica } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { count } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Head, SmallTable } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { usePause } from '../../elements/use-pause';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { UpstreamPanel } from './upstream';

export function Health() {
  const { may } = useSession();
  return (
    <Stack>
      <UpstreamPanel />
      <Replicas />
      {may('readAudit') && <Books />}
      {may('readAudit') && <Chain />}
    </Stack>
  );
}

function standing(one: Replica) {
  if (one.status === 'current') return <Status tone="good">{t`Current`}</Status>;
  if (one.status === 'behind') return <Status tone="warn">{plural(one.lag, '# revision behind', '# revisions behind')}</Status>;
  return <Status tone="bad">{t`Silent`}</Status>;
}

const HEADS: Head<Replica>[] = [
  { title: t`Server`, className: 'mono', cell: (one) => one.address },
  { title: t`Status`, cell: standing },
  { title: t`Revision`, numeric: true, cell: (one) => count(one.revision) },
  { title: t`Version`, cell: (one) => one.version },
  { title: t`Started`, cell: (one) => <Time at={one.started_at} /> },
];

function Replicas() {
  const replicas = useQuery({ queryKey: ['replicas'], queryFn: () => answer(api.GET('/api/replicas')), refetchInterval: usePause(10_000) });
  return (
    <Panel title={t`Servers`}>
      <Loaded query={replicas} what={t`the servers`}>
        {(list) => (
          <>
            <Text size="sm" c="dimmed" mb="xs">
              {t`The catalogue is at revision ${count(list.revision)}. A server that is behind serves no older answer to whoever asks for a newer one.`}
            </Text>
            <SmallTable label={t`Servers`} heads={HEADS} rows={list.replicas} id={(one) => one.replica_id} />
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
      title={t`Books`}
      actions={
        <BusyButton size="xs" variant="default" busy={check.isFetching} onClick={() => void check.refetch()}>
          {t`Verify the books`}
        </BusyButton>
      }
    >
      {check.error ? (
        <LoadError what={t`the check`} error={check.error} onRetry={() => void check.refetch()} />
      ) : check.data ? (
        <Stack gap="xs" role="status">
          {check.data.clean ? <Status tone="good">{t`Every number is what it should be`}</Status> : <Status tone="bad">{check.data.complete ? plural(check.data.found, '# difference found', '# differences found') : t`Not all could be read in time`}</Status>}
          <Text size="sm" c="dimmed">
            {t`${plural(check.data.events, '# call', '# calls')}, ${plural(check.data.accounts, '# account', '# accounts')} and ${plural(check.data.transactions, '# transaction', '# transactions')} were read.`}
          </Text>
          {check.data.differences.map((one) => (
            <Text key={`${one.place} ${one.what}`} size="sm" className="break">
              {t`${one.place}, ${one.what}: ${one.expected} expected, ${one.found} found`}
            </Text>
          ))}
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          {t`Computes every number again from the calls, and says which differ.`}
        </Text>
      )}
    </Panel>
  );
}

function Chain() {
  const check = useQuery({ queryKey: ['verify', 'audit'], queryFn: () => answer(api.GET('/api/audit/verify')), enabled: false, retry: false });
  return (
    <Panel
      title={t`Audit log`}
      actions={
        <BusyButton size="xs" variant="default" busy={check.isFetching} onClick={() => void check.refetch()}>
          {t`Verify the log`}
        </BusyButton>
      }
    >
      {check.error ? (
        <LoadError what={t`the check`} error={check.error} onRetry={() => void check.refetch()} />
      ) : check.data ? (
        <Stack gap="xs" role="status">
          {check.data.valid ? <Status tone="good">{t`Every record is there, as it was written`}</Status> : <Status tone="bad">{t`Record ${check.data.first_broken} is missing or was changed`}</Status>}
          <Text size="sm" c="dimmed" className="break">
            {plural(check.data.records, '# record. Newest hash: {0}', '# records. Newest hash: {0}', <span className="mono">{check.data.head ?? t`none`}</span>)}
          </Text>
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          {t`Follows the chain of hashes from the first record to the newest.`}
        </Text>
      )}
    </Panel>
  );
}
