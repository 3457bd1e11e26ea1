// The limits of a team.
import { Table } from '@mantine/core';

import type { Team } from '../../api/types';
import { count } from '../../elements/format';
import { Panel } from '../../elements/panel';
import { t } from '../../words';
import { LIMITS } from './limits';

export function LimitsPanel({ team }: { team: Team }) {
  return (
    <Panel title={t`Limits`}>
      <Table withRowBorders={false} verticalSpacing={3}>
        <Table.Tbody>
          {LIMITS.map((limit) => (
            <Table.Tr key={limit.name}>
              <Table.Th scope="row" fw={500} c="dimmed">
                {limit.label}
              </Table.Th>
              <Table.Td ta="right" className="number">
                {team[limit.name] == null ? t`unlimited` : count(team[limit.name] ?? 0)}
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Th scope="row" fw={500} c="dimmed">
              {t`Default model`}
            </Table.Th>
            <Table.Td ta="right">{team.default_model ?? t`none`}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

