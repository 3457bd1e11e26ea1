// The drawer that makes a budget, or changes its limit. What it is of and its window stay: what was spent is summed by them.
import { NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import type { Budget, BudgetEdit } from '../../api/types';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done } from '../../elements/notices';
import { Drawer } from '../../elements/overlays';
import { useEdited } from '../../elements/use-edited';
import { useOnce } from '../../elements/use-once';
import { useSubmit } from '../../elements/use-submit';
import { ZONES } from '../../elements/zones';
import { t } from '../../words';
import type { Scope } from './budgets-panel';

const WINDOWS = [
  { value: 'month', label: t`A month of the calendar` },
  { value: 'week', label: t`A week of the calendar, from Monday` },
  { value: 'day', label: t`A day of the calendar` },
  { value: 'year', label: t`A year of the calendar` },
  { value: 'rolling', label: t`The last days or hours, at any moment` },
  { value: 'lifetime', label: t`All time` },
];

const MODES = [
  { value: 'hard_limit', label: t`Calls are refused` },
  { value: 'soft_limit', label: t`Calls go on, and somebody is told` },
];

const IDS = { limit_usd: 'budget-limit', 'window.duration': 'budget-duration' };

function windowOf(kind: string, duration: string, zone: string) {
  if (kind === 'lifetime') return { type: 'lifetime' };
  if (kind === 'rolling') return { type: 'rolling', duration };
  return { type: 'calendar', period: kind, time_zone: zone };
}

/** The limit is empty while another one is typed; then nothing can be sent. */
const fieldsOf = (one: Budget | undefined) => ({ limit_usd: (one?.limit_usd ?? '') as number | string, limit_mode: one?.limit_mode ?? 'hard_limit', description: one?.description ?? '' });

export function BudgetForm({ scope, editing, onClose }: { scope: Scope; editing?: Budget; onClose: () => void }) {
  const client = useQueryClient();
  const { fields, set, edit, save, put } = useEdited(editing, fieldsOf);
  const { limit_usd, limit_mode, description } = fields;
  const once = useOnce();
  const [kind, setKind] = useState('month');
  const [duration, setDuration] = useState('30d');
  const [zone, setZone] = useState('UTC');
  const draft = { scope, limit_usd: Number(limit_usd), limit_mode, description, window: windowOf(kind, duration.trim(), zone) };
  const submit = useSubmit(async () => {
    if (editing) {
      const params = { path: { budget: editing.budget_id } };
      await save(
        (_, header) => answer(api.PUT('/api/budgets/{budget}', { params: { ...params, header }, body: edit as BudgetEdit })),
        () => answer(api.GET('/api/budgets/{budget}', { params })),
      );
    } else await once(draft, (header) => answer(api.POST('/api/budgets', { params: { header }, body: draft })));
    done(editing ? t`Saved the budget` : t`Created the budget`);
    await client.invalidateQueries({ queryKey: ['budgets'] });
    onClose();
  });
  const curl = () => (editing ? put(`/api/budgets/${editing.budget_id}`) : { method: 'POST', path: '/api/budgets', body: draft });
  return (
    <Drawer opened onClose={onClose} title={editing ? t`Edit budget` : t`Create budget`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} fields={IDS} />
          <NumberInput id={IDS.limit_usd} label={t`Limit`} description={t`USD, of what clients are charged`} required data-autofocus min={0} decimalScale={6} thousandSeparator="," prefix="$" value={limit_usd} error={submit.of('limit_usd')} onChange={(value) => set('limit_usd', value)} />
          {!editing && <Select label={t`In`} data={WINDOWS} value={kind} allowDeselect={false} error={submit.of('window')} onChange={(value) => setKind(value ?? 'month')} />}
          {!editing && kind === 'rolling' && <TextInput id={IDS['window.duration']} label={t`How long`} description={t`From 1h to 366d`} value={duration} error={submit.of('window.duration')} onChange={(event) => setDuration(event.currentTarget.value)} />}
          {!editing && kind !== 'rolling' && kind !== 'lifetime' && <Select label={t`Time zone`} searchable data={ZONES} value={zone} allowDeselect={false} error={submit.of('window.time_zone')} onChange={(value) => setZone(value ?? 'UTC')} />}
          <Select label={t`At the limit`} data={MODES} value={limit_mode} allowDeselect={false} error={submit.of('limit_mode')} onChange={(value) => set('limit_mode', (value ?? 'hard_limit') as Budget['limit_mode'])} />
          <TextInput label={t`Description`} value={description} error={submit.of('description')} onChange={(event) => set('description', event.currentTarget.value)} />
          {editing && (
            <Text size="sm" c="dimmed">
              {t`What it is of and its window stay as they are: make another budget for others.`}
            </Text>
          )}
          <FormButtons submit={editing ? t`Save` : t`Create budget`} busy={submit.busy} disabled={limit_usd === ''} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Drawer>
  );
}
