// What an operator might do about the usage of a time: each line says what it is and leads on.
import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';

import type { UsageRow } from '../../api/types';
import { money, percent } from '../../elements/format';
import { Panel } from '../../elements/panel';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';

interface Insight {
  text: string;
  /** None where there is no page of it. */
  to: string | null;
}

const LARGE_SHARE = 0.5;
const MANY_FAILURES = 0.05;
const FEW_CALLS = 20;

function insightsOf(rows: UsageRow[], path: (row: UsageRow) => string | null): Insight[] {
  const found: Insight[] = [];
  const cost = rows.reduce((sum, row) => sum + row.cost_usd, 0);
  const dearest = rows.reduce<UsageRow | undefined>((most, row) => (row.cost_usd > (most?.cost_usd ?? 0) ? row : most), undefined);
  if (dearest && rows.length > 1 && dearest.cost_usd >= LARGE_SHARE * cost) {
    found.push({ text: t`${dearest.group ?? ''} is ${percent(dearest.cost_usd / cost)} of the spend: ${money(dearest.cost_usd)}`, to: path(dearest) });
  }
  for (const row of rows) {
    const to = path(row);
    if (row.calls >= FEW_CALLS && row.failed >= MANY_FAILURES * row.calls) found.push({ text: t`${percent(row.failed / row.calls)} of the calls of ${row.group ?? ''} failed`, to });
    if (row.unpriced_calls > 0) found.push({ text: plural(row.unpriced_calls, '# call of {0} had no price', '# calls of {0} had no price', row.group ?? ''), to });
  }
  return found;
}

const SHOWN = 6;

export function Insights({ rows, path }: { rows: UsageRow[]; path: (row: UsageRow) => string | null }) {
  const { may } = useSession();
  const found = insightsOf(rows, path);
  if (found.length === 0 && !may('readCatalog')) return null;
  return (
    <Panel title={t`What stands out`}>
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          {t`Nothing: no failures beyond ${percent(MANY_FAILURES)}, every call has a price.`}
        </Text>
      )}
      <ul className="list-plain">
        {found.slice(0, SHOWN).map((one) => (
          <li key={one.text} className="line">
            <span className="break">{one.text}</span>
            {one.to && (
              <Anchor component={Link} to={one.to} size="sm" aria-label={t`Open: ${one.text}`}>
                {t`Open`}
              </Anchor>
            )}
          </li>
        ))}
        {may('readCatalog') && (
          <li className="line">
            <span>{t`Aliases that nobody called for 30 days`}</span>
            <Anchor component={Link} to="/aliases?unused=1&status=active" size="sm">
              {t`Review`}
            </Anchor>
          </li>
        )}
      </ul>
    </Panel>
  );
}
