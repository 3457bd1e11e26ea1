// Where calls of an alias go beside its own target: splits, overrides, fallbacks, and rules on parameters.
import { Badge, Button, Group, Stack, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { Panel } from '../../elements/panel';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { marksOf } from './routing-mark';
import { ruleText } from './rule-text';
import { leftBy } from './shares';

const words = (condition: string) => condition.replaceAll('_', ' ');

/** Nothing where every call goes to the one target, unless it can be changed here. */
export function RoutingPanel({ alias }: { alias: Alias }) {
  const { may } = useSession();
  // What an alias leads on to says all of this itself.
  const changes = may('writeCatalog') && !alias.litellm_model.startsWith('alias/');
  if (marksOf(alias).length === 0 && !changes) return null;
  const model = (name: string) => <span className="mono break">{name}</span>;
  const rows: [string, ReactNode][] = [];
  if (alias.match === 'prefix') rows.push(['Names', <>every name that begins with {model(alias.alias)}, unless it has an alias of its own</>]);
  if (alias.split.length > 0) {
    rows.push([
      'Split',
      <Stack key="split" gap={2}>
        {alias.split.map((one) => (
          <span key={one.litellm_model} className="number">
            {one.share} % of callers: {model(one.litellm_model)}
            {one.guardrails && ', the canary'}
          </span>
        ))}
        <span className="number">
          {leftBy(alias.split)} %: {model(alias.litellm_model)}. A caller is a {alias.sticky}, and stays with its target.
        </span>
      </Stack>,
    ]);
  }
  if (alias.shadow) rows.push(['Shadow', <>copies of {alias.shadow.share} % of calls: {model(alias.shadow.litellm_model)}</>]);
  for (const one of alias.overrides) {
    const to = one.team_id ? `/teams/${encodeURIComponent(one.team_id)}` : `/organizations/${encodeURIComponent(one.organization_id ?? '')}`;
    rows.push([
      one.team_id ? 'For a team' : 'For an organization',
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
      index === 0 ? 'Where it fails' : 'Then',
      <Group key={one.litellm_model} gap={6}>
        {model(one.litellm_model)}
        {one.on?.map((condition) => <Badge key={condition}>{words(condition)}</Badge>)}
      </Group>,
    ]),
  );
  for (const [name, rule] of Object.entries(alias.parameters)) rows.push([`Parameter ${name}`, <span key={name} className="break">{ruleText(name, rule)}</span>]);
  if (rows.length === 0) rows.push(['All calls', model(alias.litellm_model)]);
  return (
    <Panel title="Where calls go" actions={changes && <RoutingActions name={alias.alias} />}>
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
    { label: 'Split callers…', overlay: split },
    { label: 'Copy calls…', overlay: shadow },
    { label: 'Overrides…', overlay: overrides },
    { label: 'Parameter rules…', overlay: parameters },
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
