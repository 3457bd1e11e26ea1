// Choosing the time of a report.
import { SegmentedControl } from '@mantine/core';

import { DateField } from '../../elements/date-field';
import type { UrlState } from '../../elements/url-state';
import { t } from '../../words';
import { type Range, RANGES } from './range';

export function DateRange({ url, range }: { url: UrlState; range: Range }) {
  return (
    <>
      <SegmentedControl size="xs" aria-label={t`Time`} data={RANGES} value={range.name} onChange={(value) => url.set({ range: value, from: value === 'custom' ? range.from.slice(0, 10) : null, to: value === 'custom' ? range.to.slice(0, 10) : null })} />
      {range.name === 'custom' && (
        <>
          <DateField label={t`From`} value={range.from} max={range.to} onChange={(from) => url.set({ from })} />
          <DateField label={t`To`} value={range.to} min={range.from} onChange={(to) => url.set({ to })} />
        </>
      )}
    </>
  );
}
