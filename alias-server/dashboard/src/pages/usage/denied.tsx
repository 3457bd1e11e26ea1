// Calls that were refused, by team and model: each with the question why.
import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { DeniedCalls } from '../../api/types';
import { count } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { type Head, SmallTable } from '../../elements/small-table';
import { t } from '../../words';
import { aliasPath } from '../aliases/queries';
import { teamPath } from '../teams/queries';

/** Denied calls are counted by day. */
const DATE = '2024-10-14'.length;

const HEADS: Head<DeniedCalls>[] = [
  {
    title: t`Team`,
    cell: (row) => (
      <Link className="row-link mono" to={teamPath(row.team)}>
        {row.team}
      </Link>
    ),
  },
  {
    title: t`Alias`,
    cell: (row) => (
      <Link className="row-link plain mono" to={aliasPath(row.alias)}>
        {row.alias}
      </Link>
    ),
  },
  { title: t`Denied calls`, numeric: true, cell: (row) => count(row.denied_calls) },
  { title: t`Last on`, cell: (row) => row.last_denied_on },
];

export function Denied({ query }: { query: { from: string; to: string } }) {
  const report = useQuery({
    queryKey: ['usage', 'denied', query],
    queryFn: () => answer(api.GET('/api/usage/denied', { params: { query: { ...query, from: query.from.slice(0, DATE), to: query.to.slice(0, DATE) } } })),
  });
  return (
    <Panel title={t`Denied calls by team and model`}>
      <Loaded query={report} what={t`the denied calls`}>
        {({ rows, has_more }) => (
          <>
            <SmallTable
              label={t`Denied calls by team and model`}
              heads={HEADS}
              rows={rows}
              id={(row) => `${row.team} ${row.alias}`}
              empty={t`None: every call of this time for an alias was let through.`}
              actions={(row) => (
                <Anchor component={Link} size="sm" to={`/explain?team=${encodeURIComponent(row.team)}&model=${encodeURIComponent(row.alias)}`} aria-label={t`Explain ${row.team} → ${row.alias}`}>
                  {t`Explain`}
                </Anchor>
              )}
            />
            {has_more && (
              <Text size="sm" c="dimmed" mt="xs">
                {t`The ${count(rows.length)} with the most denied calls. Filter by team or alias for others.`}
              </Text>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
