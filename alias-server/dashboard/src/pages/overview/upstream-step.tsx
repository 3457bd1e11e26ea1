// The first step of the setup: the upstream answers. What it lists, and what to change, opens over the page.
import { lazily } from '../../elements/lazily';
import { useOverlay } from '../../elements/url-state';
import { plural, t } from '../../words';
import type { useUpstream } from '../settings/use-upstream';

const UpstreamDialog = lazily(async () => (await import('../settings/upstream')).UpstreamDialog);

export function upstreamText({ data, error }: ReturnType<typeof useUpstream>): string {
  if (!data) return error ? t`Connect an upstream` : t`Looking for the upstream…`;
  const name = data.mock ? t`Upstream: the built-in mock provider` : t`Upstream ${data.url}`;
  return data.state === 'answers' ? `${name} (${plural(data.total_models, '# model', '# models')})` : t`${name} does not serve calls yet`;
}

/** Has an address of its own, `/ui?upstream`, whether or not the steps are shown. */
export function UpstreamOverlay() {
  const { opened, close } = useOverlay('upstream');
  return opened && <UpstreamDialog onClose={close} />;
}
