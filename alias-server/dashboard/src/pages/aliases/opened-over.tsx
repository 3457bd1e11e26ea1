// What opens over a page of aliases is fetched when it is first opened.
import type { Alias } from '../../api/types';
import { lazily } from '../../elements/lazily';
import { useUrlState } from '../../elements/url-state';

const NAMES = ['edit', 'switch', 'test', 'disable', 'deprecate', 'rename', 'delete', 'split', 'shadow', 'overrides', 'parameters'];

const AliasOverlays = lazily(async () => (await import('./overlays')).AliasOverlays);

/** `rows`: what the page has read already. */
export function OpenedOver(props: { rows: Alias[]; onPage?: string }) {
  const url = useUrlState();
  return NAMES.some(url.has) && <AliasOverlays {...props} />;
}
