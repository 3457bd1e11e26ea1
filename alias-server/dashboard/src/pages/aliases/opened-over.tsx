// What opens over a page of aliases is fetched when it is first opened.
import { lazy, Suspense } from 'react';

import type { Alias } from '../../api/types';
import { useUrlState } from '../../elements/url-state';

const NAMES = ['edit', 'switch', 'disable', 'deprecate', 'rename', 'delete', 'split', 'shadow', 'overrides', 'parameters'];

const AliasOverlays = lazy(async () => ({ default: (await import('./overlays')).AliasOverlays }));

/** `rows`: what the page has read already. */
export function OpenedOver(props: { rows: Alias[]; onPage?: string }) {
  const url = useUrlState();
  return <Suspense>{NAMES.some(url.has) && <AliasOverlays {...props} />}</Suspense>;
}
