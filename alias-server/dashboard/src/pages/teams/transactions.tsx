// Where the credits of a team went.
import { IconCoins } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { CreditTransaction, Team } from '../../api/types';
import { type Column, DataTable, pageOf } from '../../elements/data-table';
import { Empty } from '../../elements/empty';
import { exactCredits } from '../../elements/format';
import { Time } from '../../elements/time';
import { useUrlState } from '../../elements/url-state';
import { t } from '../../words';
import { of } from './queries';

const COLUMNS: Column<CreditTransaction>[] = [
  { key: 'at', title: t`When`, cell: (row) => <Time at={row.timestamp} /> },
  { key: 'type', title: t`What`, cell: (row) => row.type },
  { key: 'description', title: t`Description`, cell: (row) => <span className="break">{row.description ?? '–'}</span> },
  { key: 'amount', title: t`Credits`, numeric: true, cell: (row) => (row.amount > 0 ? `+${exactCredits(row.amount)}` : exactCredits(row.amount)) },
  { key: 'balance', title: t`Left after`, numeric: true, cell: (row) => exactCredits(row.balance_after) },
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

