// Where calls of an alias go beside its own target: splits, overrides, fallbacks, and rules on parameters.
import { Badge, Group, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { counted } from '../../elements/format';
import { Panel } from '../../elements/panel';
import { SplitActions } from './split-actions';

/** What a line of the list says of it: `5 % split · 2 fallbacks`. */
function marksOf(alias: Alias): string[] {
  const shared = alias.split.reduce((sum, one) => sum + one.share, 0);
  const rules = Object.keys(alias.parameters).length;
  return [
    alias.match === 'prefix' && 'prefix',
    shared > 0 && `${shared} % split`,
    alias.overrides.length > 0 && counted(alias.overrides.length, 'override'),
    alias.fallbacks.length > 0 && counted(alias.fallbacks.length, 'fallback'),
    rules > 0 && counted(rules, 'parameter rule'),
  ].filter((mark): mark is string => Boolean(mark));
}

export function RoutingMark({ alias }: { alias: Alias }) {
  const marks = marksOf(alias);
  if (marks.length === 0) return null;
  return <span className="second-line one-line">{marks.join(' · ')}</span>;
}

const words = (condition: string) => condition.replaceAll('_', ' ');

/** Nothing where every call goes to the one target. */
export function RoutingPanel({ alias }: { alias: Alias }) {
  if (marksOf(alias).length === 0) return null;
  const model = (name: string) => <span className="mono break">{name}</span>;
  const rows: [string, ReactNode][] = [];
  if (alias.match === 'prefix') rows.push(['Names', <>every name that begins with {model(alias.alias)}, unless it has an alias of its own</>]);
  if (alias.split.length > 0) {
    const shared = alias.split.reduce((sum, one) => sum + one.share, 0);
    rows.push([
      'Split',
      <Stack key="split" gap={2}>
        {alias.split.map((one) => (
          <Group key={one.litellm_model} gap="xs" className="number">
            <span>
              {one.share} % of callers: {model(one.litellm_model)}
            </span>
            <SplitActions alias={alias} target={one.litellm_model} />
          </Group>
        ))}
        <span className="number">
          {100 - shared} %: {model(alias.litellm_model)}. A caller is a {alias.sticky}, and stays with its target.
        </span>
      </Stack>,
    ]);
  }
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
  for (const [name, rule] of Object.entries(alias.parameters)) rows.push([`Parameter ${name}`, <span key={name} className="mono break">{JSON.stringify(rule)}</span>]);
  return (
    <Panel title="Where calls go">
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
      <Text size="xs" c="dimmed" mt="xs">
        Fallbacks are edited in the form of the alias, a split begins with Switch provider…; the rest with the API or a file of the catalogue. Every change is a version in its history.
      </Text>
    </Panel>
  );
}
