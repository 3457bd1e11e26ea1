// The budgets of one thing: how much of each is spent, and in which time.
import { Button, Progress } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Budget } from '../../api/types';
import { ConfirmDialog } from '../../elements/confirm-dialog';
import { exactMoney, money } from '../../elements/format';
import { lazily } from '../../elements/lazily';
import { Loaded } from '../../elements/loaded';
import { done } from '../../elements/notices';
import { MissingDialog } from '../../elements/missing';
import { Panel } from '../../elements/panel';
import { RowButton } from '../../elements/row-button';
import { type Head, SmallTable } from '../../elements/small-table';
import { Time } from '../../elements/time';
import { useHeld } from '../../elements/use-held';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';

const BudgetForm = lazily(async () => (await import('./budget-form')).BudgetForm);

/** What a budget is of. */
export type Scope = { team_id: string } | { organization_id: string } | { alias: string };

const PERIODS: Record<string, string> = { day: t`a day`, week: t`a week`, month: t`a month`, year: t`a year` };

function windowOf({ window }: Budget): string {
  if (window.type === 'rolling') return t`the last ${window.duration}`;
  if (window.type === 'calendar') return t`${PERIODS[window.period] ?? window.period}, ${window.time_zone}`;
  return t`all time`;
}

const nameOf = (budget: Budget): string => budget.description || t`${money(budget.limit_usd)} of ${windowOf(budget)}`;

function Spent({ budget }: { budget: Budget }) {
  const share = budget.limit_usd > 0 ? Math.min(100, (100 * budget.spent_usd) / budget.limit_usd) : 100;
  const colour = share < 75 ? 'teal' : share < 90 ? 'yellow' : 'red';
  return (
    <div style={{ minWidth: 130 }}>
      <span className="number" title={t`${exactMoney(budget.spent_usd)} spent, ${exactMoney(budget.held_usd)} held by calls that run`}>
        {money(budget.spent_usd)} / {money(budget.limit_usd)}
      </span>
      <Progress value={share} color={colour} size={5} mt={3} aria-label={t`${Math.round(share)} % of the budget spent`} />
    </div>
  );
}

const HEADS: Head<Budget>[] = [
  { title: t`Budget`, cell: (one) => one.description || t`Budget` },
  { title: t`Spent`, cell: (one) => <Spent budget={one} /> },
  { title: t`In`, cell: (one) => windowOf(one) },
  { title: t`At the limit`, cell: (one) => (one.limit_mode === 'hard_limit' ? t`Calls are refused` : t`Calls go on`) },
  { title: t`Begins anew`, cell: (one) => (one.window_ends_at ? <Time at={one.window_ends_at} /> : '–') },
];

export function BudgetsPanel({ scope }: { scope: Scope }) {
  const client = useQueryClient();
  const { may } = useSession();
  const list = useQuery({ queryKey: ['budgets', scope], queryFn: () => answer(api.GET('/api/budgets', { params: { query: scope } })) });
  const form = useOverlay('budget');
  const ending = useOverlay('end-budget');
  const writes = may('allocateCredits');
  const find = (id: string) => list.data?.budgets.find((one) => one.budget_id === id);
  const edited = useHeld(form.of, find(form.of));
  const ended = useHeld(ending.of, find(ending.of));
  const opened = [form, ending].find((one) => one.of);
  const lacking = list.data && opened && !edited && !ended && opened;
  return (
    <Panel title={t`Budgets`} actions={writes && <Button size="xs" variant="default" onClick={() => form.open()}>{t`Create budget`}</Button>}>
      <Loaded query={list} what={t`the budgets`}>
        {(data) => (
          <SmallTable
            label={t`Budgets`}
            heads={HEADS}
            rows={data.budgets}
            id={(one) => one.budget_id}
            empty={t`None. A budget says how much may be spent in USD in a time, beside the credits of teams.`}
            actions={(one) =>
              writes && (
                <>
                  <RowButton label={t`Edit`} name={nameOf(one)} onClick={() => form.open(one.budget_id)} />
                  <RowButton label={t`Delete…`} name={nameOf(one)} danger onClick={() => ending.open(one.budget_id)} />
                </>
              )
            }
          />
        )}
      </Loaded>
      {writes && form.opened && (!form.of || edited) && <BudgetForm key={edited?.budget_id} scope={scope} editing={edited} onClose={form.close} />}
      {writes && lacking && <MissingDialog what={lacking.of} onClose={lacking.close} />}
      {writes && ended && (
        <ConfirmDialog
          title={t`Delete this budget?`}
          action={t`Delete budget`}
          onClose={ending.close}
          path={`/api/budgets/${ended.budget_id}`}
          run={async () => {
            await answer(api.DELETE('/api/budgets/{budget}', { params: { path: { budget: ended.budget_id } } }));
            done(t`Deleted the budget`);
            await client.invalidateQueries({ queryKey: ['budgets'] });
          }}
        >
          {t`${nameOf(ended)}: nothing holds calls to it any more. What was spent stays in the reports.`}
        </ConfirmDialog>
      )}
    </Panel>
  );
}
