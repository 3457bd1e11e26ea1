// The first step of the setup: the upstream answers. What it lists, and what to change, opens over the page.
import { lazy, Suspense } from 'react';

import { counted } from '../../elements/format';
import { useOverlay } from '../../elements/url-state';
import type { useUpstream } from '../settings/use-upstream';

const UpstreamDialog = lazy(async () => ({ default: (await import('../settings/upstream')).UpstreamDialog }));

export function upstreamText({ data, error }: ReturnType<typeof useUpstream>): string {
  if (!data) return error ? 'Connect an upstream' : 'Looking for the upstream…';
  const name = data.mock ? 'Upstream: the built-in mock provider' : `Upstream ${data.url}`;
  return data.state === 'answers' ? `${name} (${counted(data.total_models, 'model')})` : `${name} does not serve calls yet`;
}

/** Has an address of its own, `/ui?upstream`, whether or not the steps are shown. */
export function UpstreamOverlay() {
  const { opened, close } = useOverlay('upstream');
  return <Suspense>{opened && <UpstreamDialog onClose={close} />}</Suspense>;
}
