// Creating the first aliases from one of the guide's naming strategies: seen before, row by row, and chosen.
import { Checkbox, SegmentedControl, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import { BulkDialog } from '../../elements/bulk';
import { toggled } from '../../elements/data-table';
import { done } from '../../elements/notices';
import { plural, t } from '../../words';
import { aliasesChanged } from '../aliases/queries';
import { STARTER_SETS, type StarterSet } from './starter-set-list';

const FIRST = STARTER_SETS[0] as StarterSet;
const all = (set: StarterSet) => new Set(set.aliases.map((one) => one.alias));

export function StarterSets({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [set, setSet] = useState(FIRST);
  const [chosen, setChosen] = useState(all(FIRST));
  const choose = (name: string) => {
    const next = STARTER_SETS.find((one) => one.name === name) ?? FIRST;
    setSet(next);
    setChosen(all(next));
  };
  const create = (alias: string) => {
    const target = set.aliases.find((one) => one.alias === alias)?.litellm_model ?? '';
    return answer(api.POST('/api/model-aliases/create', { body: { alias, litellm_model: target } }));
  };
  return (
    <BulkDialog
      title={t`Pick a starter set`}
      action={plural(chosen.size, 'Create # alias', 'Create # aliases')}
      ids={set.aliases.map((one) => one.alias).filter((alias) => chosen.has(alias))}
      run={create}
      onClose={onClose}
      onDone={(made) => {
        if (made.length > 0) done(plural(made.length, 'Created # alias', 'Created # aliases'));
        void aliasesChanged(client);
      }}
    >
      <SegmentedControl aria-label={t`Starter set`} fullWidth data={STARTER_SETS.map((one) => one.name)} value={set.name} onChange={choose} size="xs" />
      <Text size="sm" c="dimmed">
        {set.why}
      </Text>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t`Alias`}</Table.Th>
            <Table.Th>{t`LiteLLM Model`}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {set.aliases.map((one) => (
            <Table.Tr key={one.alias}>
              <Table.Td>
                <Checkbox label={one.alias} classNames={{ label: 'mono' }} checked={chosen.has(one.alias)} onChange={() => setChosen(toggled(chosen, one.alias))} />
              </Table.Td>
              <Table.Td className="mono break">{one.litellm_model}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </BulkDialog>
  );
}
