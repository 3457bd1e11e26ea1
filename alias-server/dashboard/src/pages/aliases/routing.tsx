// Where calls of an alias go beside its own target: splits, overrides, fallbacks, and rules on parameters.
import { Badge, Button, Group, Stack, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { Alias, Condition } from '../../api/types';
import { Panel } from '../../elements/panel';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { marksOf } from './routing-mark';
import { ruleText } from './rule-text';
import { leftBy } from './shares';

const STICKY: Record<string, string> = { key: t`key`, user: t`user` };

const CONDITIONS: Record<Condition, string> = {
  unavailable: t`unavailable`,
  timeout: t`timeout`,
  rate_limited: t`rate limited`,
  server_error: t`server error`,
  authentication: t`authentication`,
  context_length: t`context length`,
  content_filter: t`content filter`,
  out_of_budget: t`out of budget`,
};

/** Nothing where every call goes to the one target, unless it can be changed here. */
export function RoutingPanel({ alias }: { alias: Alias }) {
  const { may } = useSession();
  // What an alias leads on to says all of this itself.
  const changes = may('writeCatalog') && !alias.litellm_model.startsWith('alias/');
  if (marksOf(alias).length === 0 && !changes) return null;
  const model = (name: string) => <span className="mono break">{name}</span>;
  const rows: [string, ReactNode][] = [];
  if (alias.match === 'prefix') rows.push([t`Names`, <>{t`every name that begins with ${model(alias.alias)}, unless it has an alias of its own`}</>]);
  if (alias.split.length > 0) {
    rows.push([
      t`Split`,
      <Stack key="split" gap={2}>
        {alias.split.map((one) => (
          <span key={one.litellm_model} className="number">
            {one.guardrails ? t`${one.share} % of callers: ${model(one.litellm_model)}, the canary` : t`${one.share} % of callers: ${model(one.litellm_model)}`}
          </span>
        ))}
        <span className="number">
          {t`${leftBy(alias.split)} %: ${model(alias.litellm_model)}. A caller is a ${STICKY[alias.sticky] ?? alias.sticky}, and stays with its target.`}
        </span>
      </Stack>,
    ]);
  }
  if (alias.shadow) rows.push([t`Shadow`, <>{t`copies of ${alias.shadow.share} % of calls: ${model(alias.shadow.litellm_model)}`}</>]);
  for (const one of alias.overrides) {
    const to = one.team_id ? `/teams/${encodeURIComponent(one.team_id)}` : `/organizations/${encodeURIComponent(one.organization_id ?? '')}`;
    rows.push([
      one.team_id ? t`For a team` : t`For an organization`,
      <>
        <Link className="row-link" to={to}>
          {one.team_id ?? one.organization_id}
        </Link>
        : {model(one.litellm_model)}
      </>,
    ]);
  }
  alias.fallbacks.forEach((one, index) =>
    rows.push([
      index === 0 ? t`Where it fails` : t`Then`,
      <Group key={one.litellm_model} gap={6}>
        {model(one.litellm_model)}
        {one.on?.map((condition) => <Badge key={condition}>{CONDITIONS[condition]}</Badge>)}
      </Group>,
    ]),
  );
  for (const [name, rule] of Object.entries(alias.parameters)) rows.push([t`Parameter ${name}`, <span key={name} className="break">{ruleText(name, rule)}</span>]);
  if (rows.length === 0) rows.push([t`All calls`, model(alias.litellm_model)]);
  return (
    <Panel title={t`Where calls go`} actions={changes && <RoutingActions name={alias.alias} />}>
      <Table withRowBorders={false} verticalSpacing={3}>
        <Table.Tbody>
          {rows.map(([label, value], index) => (
            <Table.Tr key={`${label} ${index}`}>
              <Table.Th scope="row" w={180} fw={500} c="dimmed" style={{ verticalAlign: 'top' }}>
                {label}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

/** What opens to change it. */
function RoutingActions({ name }: { name: string }) {
  const split = useOverlay('split');
  const shadow = useOverlay('shadow');
  const overrides = useOverlay('overrides');
  const parameters = useOverlay('parameters');
  const actions = [
    { label: t`Split callers…`, overlay: split },
    { label: t`Copy calls…`, overlay: shadow },
    { label: t`Overrides…`, overlay: overrides },
    { label: t`Parameter rules…`, overlay: parameters },
  ];
  return (
    <Group gap={6}>
      {actions.map(({ label, overlay }) => (
        <Button key={label} size="compact-sm" variant="default" onClick={() => overlay.open(name)}>
          {label}
        </Button>
      ))}
    </Group>
  );
}
