// The targets of an alias side by side, as its calls of the last minutes went; what guardrails say of a canary, and what they did.
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { answer, api } from '../../api/client';
import type { Alias, AliasArm, AliasArms, SplitTarget } from '../../api/types';
import { count, exactMoney, tokens } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Head, SmallTable } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { usePause } from '../../elements/use-pause';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { guardrailsText } from './guardrails';
import { aliasesChanged, useTakenBack } from './queries';
import { SplitActions } from './split-actions';
import { useAliasChange } from './use-alias-change';

/** How often the figures are read again. */
const PAUSE_MS = 5_000;

type Row = AliasArm & { part: string };

const HEADS: Head<Row>[] = [
  {
    title: t`Target`,
    cell: (one) => (
      <>
        <span className="mono break">{one.litellm_model}</span>
        <span className="second-line one-line">{one.part}</span>
      </>
    ),
  },
  {
    title: t`Calls`,
    numeric: true,
    cell: (one) => (
      <>
        {count(one.calls)}
        {one.running > 0 && <span className="second-line one-line">{t`${count(one.running)} running`}</span>}
      </>
    ),
  },
  { title: t`Errors`, numeric: true, cell: (one) => (typeof one.error_rate === 'number' ? <span title={plural(one.errors, '# failed call', '# failed calls')}>{one.error_rate} %</span> : '–') },
  { title: 'p95', numeric: true, cell: (one) => duration(one.p95_duration_ms) },
  { title: t`First byte, p95`, numeric: true, cell: (one) => duration(one.p95_first_byte_ms) },
  { title: t`Tokens`, numeric: true, cell: (one) => (typeof one.output_tokens_per_call === 'number' ? tokens(one.output_tokens_per_call) : '–') },
  { title: t`Cost`, numeric: true, cell: (one) => (typeof one.cost_per_call_usd === 'number' ? exactMoney(one.cost_per_call_usd) : '–') },
];

const duration = (ms: number | null | undefined): string => (typeof ms === 'number' ? t`${count(ms)} ms` : '–');

const spanOf = (seconds: number): string => (seconds % 60 === 0 ? plural(seconds / 60, '# minute', '# minutes') : plural(seconds, '# second', '# seconds'));

function rowsOf(arms: AliasArms): Row[] {
  const served = arms.arms.map((one) => ({ ...one, part: one.canary ? t`${one.share} % of callers, canary` : t`${one.share} % of callers` }));
  const { shadow } = arms;
  if (!shadow) return served;
  const part = shadow.skipped > 0 ? t`shadow: copies of ${shadow.share} % of calls, ${count(shadow.skipped)} left out` : t`shadow: copies of ${shadow.share} % of calls`;
  return [...served, { ...shadow, part }];
}

export function ArmsPanel({ alias }: { alias: Alias }) {
  const compared = alias.split.length > 0 || Boolean(alias.shadow);
  const back = useTakenBack(alias);
  if (!compared && !back) return null;
  return (
    <Panel title={t`Targets side by side`}>
      {back && <TakenBack alias={alias} {...back} />}
      {compared && <Arms alias={alias} />}
    </Panel>
  );
}

function Arms({ alias }: { alias: Alias }) {
  const client = useQueryClient();
  const { may } = useSession();
  const change = useAliasChange(alias);
  const arms = useQuery({
    queryKey: ['alias', alias.alias, 'arms'],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/arms', { params: { path: { alias: alias.alias } } })),
    refetchInterval: usePause(PAUSE_MS),
  });
  const version = arms.data?.version ?? 0;
  // A canary that was taken back meanwhile changed the alias.
  useEffect(() => {
    if (version > alias.version) void aliasesChanged(client);
  }, [version, alias.version, client]);
  const actions = (one: Row) => {
    const target = alias.split.find((other) => other.litellm_model === one.litellm_model);
    if (target) return <SplitActions alias={alias} target={target} />;
    if (one.litellm_model !== alias.shadow?.litellm_model) return null;
    return (
      <Button size="compact-xs" variant="default" aria-label={t`End copies to ${one.litellm_model}`} onClick={() => void change({ shadow: null }, t`No calls of ${alias.alias} are copied any more`)}>
        {t`End copies`}
      </Button>
    );
  };
  return (
    <Loaded query={arms} what={t`the figures of its targets`} height={140}>
      {(data) => (
        <>
          <Verdict arms={data} />
          <SmallTable label={t`Targets side by side`} heads={HEADS} rows={rowsOf(data)} id={(one) => `${one.litellm_model} ${one.part}`} actions={may('writeCatalog') ? actions : undefined} />
          <Text size="xs" c="dimmed" mt="xs">
            {t`Calls of the last ${spanOf(data.window_seconds)}, as the server that answered has counted them. Tokens and cost are those of a call on average.`}
          </Text>
        </>
      )}
    </Loaded>
  );
}

const VERDICTS = {
  too_few_calls: { tone: 'off', text: t`Too few calls to judge the canary` },
  within: { tone: 'good', text: t`The canary keeps to its guardrails` },
  broken: { tone: 'bad', text: t`The canary breaks a guardrail` },
} as const;

function Verdict({ arms }: { arms: AliasArms }) {
  if (!arms.verdict || !arms.guardrails) return null;
  const { tone, text } = VERDICTS[arms.verdict];
  return (
    <div role="status" style={{ marginBottom: 10 }}>
      <Status tone={tone}>{text}</Status>
      <Text size="sm" c="dimmed" mt={2} className="break">
        {arms.verdict !== 'within' && <>{arms.detail} </>}
        {t`Allowed, against the others: ${guardrailsText(arms.guardrails)}.`}
      </Text>
    </div>
  );
}

function TakenBack({ alias, at, reason, split }: { alias: Alias; at: string; reason: string; split: SplitTarget[] }) {
  const { may } = useSession();
  const change = useAliasChange(alias);
  const canary = split.find((one) => one.guardrails)?.litellm_model ?? t`the canary`;
  return (
    <Alert variant="outline" color="yellow" mb="sm" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />} title={t`The canary ${canary} was taken back`} styles={{ title: { color: 'var(--mantine-color-text)' } }}>
      <Text size="sm" className="break">
        <Time at={at} />: {reason}
      </Text>
      {may('writeCatalog') && (
        <Group mt="xs">
          <Button size="compact-sm" variant="default" onClick={() => void change({ split }, t`${canary} gets its callers again`)}>
            {t`Put it back`}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
