// How long calls took over time: what half of them, 95 and 99 of 100 kept to.
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { Chart, COLOURS, type Marker, type Series } from '../../elements/chart';
import { duration } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { timesOf, writePeriod } from '../../elements/periods';
import { t } from '../../words';
import type { Measure } from './measures';
import type { Range, Span } from './range';

const LINES: Series[] = ['p50', 'p95', 'p99'].map((name, index) => ({ key: name, name, colour: COLOURS[index] ?? '' }));

interface Props {
  range: Range;
  query: Span;
  title: string;
  times: NonNullable<Measure['times']>;
  markers: Marker[];
}

export function TimesChart({ range, query, title, times, markers }: Props) {
  const report = useQuery({
    queryKey: ['usage', 'times', query, range.interval],
    queryFn: () => answer(api.GET('/api/usage', { params: { query: { ...query, interval: range.interval, limit: 10_000 } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={report} what={t`the times of calls`} height={300}>
      {(all) => <Chart title={title} points={timesOf(all, range.interval, times)} series={LINES} write={duration} writePeriod={writePeriod} markers={markers} height={280} lines />}
    </Loaded>
  );
}
