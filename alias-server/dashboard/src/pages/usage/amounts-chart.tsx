// What calls come to over time, by what they have in common: the largest groups, stacked.
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { Chart, type Marker } from '../../elements/chart';
import { Loaded } from '../../elements/loaded';
import { pointsOf, writePeriod } from '../../elements/periods';
import { t } from '../../words';
import type { Measure } from './measures';
import type { Range, Span } from './range';
import { seriesOf } from './series';
import { TooMany } from './too-many';

export const GROUPINGS = ['alias', 'team', 'organization', 'provider', 'model', 'key', 'job_type', 'endpoint', 'outcome'] as const;

interface Props {
  range: Range;
  query: Span;
  grouping: (typeof GROUPINGS)[number];
  /** The same in words. */
  head: string;
  measure: Measure;
  markers: Marker[];
  /** Filters by one of the groups, where that can be. */
  onOnly?: (of: string) => void;
}

export function AmountsChart({ range, query, grouping, head, measure, markers, onOnly }: Props) {
  const report = useQuery({
    queryKey: ['usage', 'series', query, grouping, range.interval],
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...query, group_by: grouping, interval: range.interval, limit: 10_000 } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={report} what={t`the usage over time`} height={300}>
      {(all) => {
        const { series, keyOf } = seriesOf(all.rows, measure.of);
        const points = pointsOf(all, range.interval, (row) => [[keyOf(row), measure.of(row)]]);
        return (
          <>
            <Chart title={t`${measure.label} by ${head}`} points={points} series={series} write={measure.write} writePeriod={writePeriod} markers={markers} onOnly={onOnly} height={280} />
            {all.has_more && <TooMany shorter />}
          </>
        );
      }}
    </Loaded>
  );
}
