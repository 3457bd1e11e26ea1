// What becomes of the parameters of calls: sent where absent, sent in any case, kept within bounds, or refused.
import { Autocomplete, Group, NumberInput, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';

import type { Alias } from '../../api/types';
import { t } from '../../words';
import { refusedParts } from './refused-parts';
import { RowsField } from './rows-field';
import { BLANK_RULE, isTwice, type RuleRow, ruleOf, rowsOf, rulesOf } from './rule-rows';
import { ruleText } from './rule-text';
import { SaveDrawer } from './save-drawer';
import { useAliasSave } from './use-alias-save';

const MOST = 32;
/** Suggested; the server knows all that there are. */
const COMMON = ['temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'max_output_tokens', 'n', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning_effort', 'response_format', 'tools', 'tool_choice', 'logprobs', 'dimensions'];
const KINDS = [
  { value: 'bounds', label: t`Default, least and most` },
  { value: 'override', label: t`Override` },
  { value: 'forbid', label: t`Forbid` },
];

export function ParametersForm({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const form = useAliasSave(alias, undefined, onClose);
  const [rows, setRows] = useState(() => rowsOf(form.fields.parameters));
  const refused = refusedParts(form.error, 'parameters', rows.map((row) => row.name), ['default', 'override', 'min', 'max']);
  const change = (next: RuleRow[]) => {
    setRows(next);
    form.set('parameters', rulesOf(next));
  };
  const twice = rows.some((_, place) => isTwice(rows, place));
  return (
    <SaveDrawer title={t`Parameter rules of ${alias.alias}`} form={form} ids={{ parameters: 'alias-parameters' }} submit={t`Save rules`} reasoned fault={twice} onClose={onClose}>
      <RowsField id="alias-parameters" label={t`Rules`} description={t`Endpoints that do not have a parameter pass its rule over.`} error={refused.rest} add={t`Add a rule`} partOf={(place) => ({ title: t`Rule ${place}`, remove: t`Remove rule ${place}` })} most={MOST} rows={rows} onChange={change} blank={BLANK_RULE} errorOf={(place) => refused.at(place)}>
        {(row, set, place) => (
          <>
            <Group gap="xs" align="flex-start" pr={28}>
              <Autocomplete label={t`Parameter`} placeholder="temperature" data={COMMON} limit={20} openOnFocus={false} value={row.name} error={isTwice(rows, place) ? t`Has a rule already` : undefined} onChange={(name) => set({ name: name.trim() })} classNames={{ input: 'mono' }} style={{ flex: '1 1 150px' }} />
              <Select label={t`Rule`} data={KINDS} value={row.kind} allowDeselect={false} onChange={(kind) => set({ kind: (kind ?? 'bounds') as RuleRow['kind'] })} style={{ flex: '1 1 170px' }} />
            </Group>
            {row.kind !== 'forbid' && <Values row={row} set={set} at={(member) => refused.at(place, member)} />}
            <Text size="sm" c="dimmed" className="break">
              {ruleText(row.name || t`it`, ruleOf(row))}
            </Text>
          </>
        )}
      </RowsField>
    </SaveDrawer>
  );
}

function Values({ row, set, at }: { row: RuleRow; set: (change: Partial<RuleRow>) => void; at: (member: string) => string | undefined }) {
  const value = (label: string, error: string | undefined) => (
    <TextInput label={label} description={t`A number, true, or JSON; else a text`} value={row.value} error={error} onChange={(event) => set({ value: event.currentTarget.value })} classNames={{ input: 'mono' }} style={{ flex: '2 1 150px' }} />
  );
  if (row.kind === 'override') return value(t`Value`, at('override'));
  const bound = (name: 'min' | 'max', label: string) => (
    <NumberInput label={label} description={name === 'min' ? t`lower is raised` : t`higher is lowered`} hideControls value={row[name] ?? ''} error={at(name)} onChange={(given) => set({ [name]: given === '' ? null : Number(given) })} style={{ flex: '1 1 90px' }} />
  );
  return (
    <Group gap="xs" align="flex-start">
      {value(t`Default`, at('default'))}
      {bound('min', t`Least`)}
      {bound('max', t`Most`)}
    </Group>
  );
}
