// A team's credits: what is left, adding some, and where they went.
import { Button, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { IconCoins } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, onlyOnce } from '../../api/client';
import type { CreditTransaction, Team } from '../../api/types';
import { CreditsBar } from '../../elements/credits-bar';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { credits } from '../../elements/format';
import { done } from '../../elements/notices';
import { Modal } from '../../elements/overlays';
import { Panel } from '../../elements/panel';
import { Time } from '../../elements/time';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { of, teamsChanged } from './queries';
import { Refill } from './refill';
import { MODES } from './teams';

export function CreditsPanel({ team }: { team: Team }) {
  const { may } = useSession();
  const add = useOverlay('credits');
  return (
    <Panel
      title={t`Credits`}
      actions={
        may('allocateCredits') && (
          <Button size="xs" variant="default" onClick={() => add.open()}>
            {t`Add credits`}
          </Button>
        )
      }
    >
      <CreditsBar remaining={team.credits_remaining} allocated={team.credits_allocated} />
      <Text size="sm" c="dimmed" mt="sm">
        {t`${credits(team.credits_used)} used`} · {t`charged ${MODES[team.budget_mode] ?? team.budget_mode}`}
        {team.cost_markup_percentage > 0 && <> · {t`${team.cost_markup_percentage} % markup`}</>}
      </Text>
      <Refill team={team} />
      {add.opened && may('allocateCredits') && <AddCredits team={team} onClose={add.close} />}
    </Panel>
  );
}

function AddCredits({ team, onClose }: { team: Team; onClose: () => void }) {
  const client = useQueryClient();
  const [amount, setAmount] = useState<string | number>('');
  const [description, setDescription] = useState('');
  const [repetition] = useState(onlyOnce);
  const body = { team_id: team.team_id, amount: Number(amount), description: description || undefined };
  const submit = useSubmit(async () => {
    const added = await answer(api.POST('/api/credits/add', { params: { header: repetition }, body }));
    done(t`Added ${credits(added.credits_added)} credits; ${credits(added.credits_remaining)} are left`);
    await teamsChanged(client);
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t`Add credits to ${team.team_id}`}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <FormError error={submit.error} />
          <NumberInput label={t`Credits`} required min={0} thousandSeparator="," data-autofocus value={amount} error={submit.of('amount')} onChange={setAmount} />
          <TextInput label={t`What for`} value={description} error={submit.of('description')} onChange={(event) => setDescription(event.currentTarget.value)} />
          {Number(amount) > 0 && (
            <Text size="sm" role="status" className="number">
              {t`${credits(team.credits_remaining)} → ${credits(team.credits_remaining + Number(amount))} left`}
            </Text>
          )}
          <FormButtons submit={t`Add credits`} busy={submit.busy} disabled={!(Number(amount) > 0)} onCancel={onClose} curl={() => ({ method: 'POST', path: '/api/credits/add', body })} />
        </Stack>
      </form>
    </Modal>
  );
}

const COLUMNS: Column<CreditTransaction>[] = [
  { key: 'at', title: t`When`, cell: (row) => <Time at={row.timestamp} /> },
  { key: 'type', title: t`What`, cell: (row) => row.type },
  { key: 'description', title: t`Description`, cell: (row) => <span className="break">{row.description ?? '–'}</span> },
  { key: 'amount', title: t`Credits`, numeric: true, cell: (row) => (row.amount > 0 ? `+${credits(row.amount)}` : credits(row.amount)) },
  { key: 'balance', title: t`Left after`, numeric: true, cell: (row) => credits(row.balance_after) },
];

export function Transactions({ team }: { team: Team }) {
  const url = useUrlState();
  const page = pageOf(url);
  const list = useQuery({
    queryKey: ['transactions', team.team_id, page],
    queryFn: () => answer(api.GET('/api/credits/teams/{team}/transactions', { params: { ...of(team.team_id), query: page } })),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="panel">
      <DataTable
        name="transactions"
        many={t`transactions`}
        columns={COLUMNS}
        rows={list.data?.transactions}
        total={list.data?.total}
        error={list.error}
        onRetry={() => void list.refetch()}
        url={url}
        id={(row) => row.transaction_id}
        empty={
          <Empty icon={IconCoins} title={t`No transactions yet`}>
            {t`Allocations, additions and what calls took appear here.`}
          </Empty>
        }
      />
    </div>
  );
}

