// Choosing the time of a report.
import { SegmentedControl, TextInput } from '@mantine/core';

import type { UrlState } from '../../elements/url-state';
import { t } from '../../words';
import { type Range, RANGES } from './range';

export function DateRange({ url, range }: { url: UrlState; range: Range }) {
  return (
    <>
      <SegmentedControl size="xs" aria-label={t`Time`} data={RANGES} value={range.name} onChange={(value) => url.set({ range: value, from: value === 'custom' ? range.from : null, to: value === 'custom' ? range.to : null })} />
      {range.name === 'custom' && (
        <>
          <TextInput size="xs" type="date" aria-label={t`From`} value={range.from} max={range.to} onChange={(event) => url.set({ from: event.currentTarget.value })} />
          <TextInput size="xs" type="date" aria-label={t`To`} value={range.to} min={range.from} onChange={(event) => url.set({ to: event.currentTarget.value })} />
        </>
      )}
    </>
  );
}
