// What calls are forwarded to: whether it answers, which models it lists, and which setting to change where it does not.
import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

import type { Upstream } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { Code } from '../../elements/code';
import { count } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Modal } from '../../elements/overlays';
import { Panel } from '../../elements/panel';
import { Status } from '../../elements/status';
import { plural, t } from '../../words';
import { useUpstream } from './use-upstream';

const STATES: Record<Upstream['state'], { tone: 'good' | 'warn' | 'bad'; text: string }> = {
  answers: { tone: 'good', text: t`Answers` },
  unreachable: { tone: 'bad', text: t`Does not answer` },
  key_refused: { tone: 'bad', text: t`Does not take the key of this server` },
  unexpected: { tone: 'warn', text: t`Answers, and lists no models` },
};

/** What stands in the place of a value that nobody here knows. */
const VALUES: Record<string, string> = { upstream_url: 'http://localhost:8002', upstream_key_file: '/etc/alias-server/litellm-key' };

export function UpstreamPanel() {
  const upstream = useUpstream();
  return (
    <Panel title={t`Upstream`} actions={<LookAgain upstream={upstream} />}>
      <Loaded query={upstream} what={t`how the upstream stands`}>
        {(found) => <Standing of={found} />}
      </Loaded>
    </Panel>
  );
}

export function UpstreamDialog({ onClose }: { onClose: () => void }) {
  const upstream = useUpstream();
  return (
    <Modal opened onClose={onClose} title={t`Connect upstream`} size="lg">
      <Stack align="stretch">
        <Loaded query={upstream} what={t`how the upstream stands`} height={120}>
          {(found) => <Standing of={found} />}
        </Loaded>
        <div>
          <LookAgain upstream={upstream} />
        </div>
      </Stack>
    </Modal>
  );
}

function LookAgain({ upstream }: { upstream: ReturnType<typeof useUpstream> }) {
  return (
    <BusyButton size="xs" variant="default" busy={upstream.isFetching} onClick={() => void upstream.refetch()}>
      {t`Look again`}
    </BusyButton>
  );
}

function Standing({ of }: { of: Upstream }) {
  const { tone, text } = STATES[of.state];
  const url = <span className="mono">{of.url}</span>;
  const where = of.mock ? t`the built-in mock provider, ${url}` : url;
  return (
    <Stack gap="xs">
      <div role="status">
        <Status tone={tone}>{text}</Status>
        <Text size="sm" className="break" mt={2}>
          {of.state === 'answers' ? plural(of.total_models, 'Calls go to {0}. It lists # model.', 'Calls go to {0}. It lists # models.', where) : t`Calls go to ${where}.`}
        </Text>
      </div>
      {of.setting && <WhatToChange of={of} setting={of.setting} />}
      {of.models.length > 0 && <Models of={of} />}
    </Stack>
  );
}

function WhatToChange({ of, setting }: { of: Upstream; setting: string }) {
  const value = VALUES[setting] ?? '…';
  return (
    <Alert variant="outline" color="yellow" icon={<IconAlertTriangle size={20} color="var(--alias-warn)" />} title={t`What to change`} styles={{ title: { color: 'var(--mantine-color-text)' } }}>
      <Stack gap="xs">
        <Text size="sm" className="break">
          {t`${of.detail}. To mend it, ${of.fix}.`}
        </Text>
        <Text size="sm">
          {t`As a variable, or in ${<span className="mono">alias-server.yaml</span>}:`}
        </Text>
        <Code label={t`variable`} text={`ALIAS_${setting.toUpperCase()}=${value}`} />
        <Code label={t`setting`} text={`${setting}: ${value}`} />
        <Text size="sm">
          {t`Settings are read when the server starts: start it again after a change. ${<span className="mono">alias-server --dev</span>} needs no upstream: it has a mock provider built in.`}
        </Text>
      </Stack>
    </Alert>
  );
}

function Models({ of }: { of: Upstream }) {
  const more = of.total_models - of.models.length;
  return (
    <>
      <ul className="list-plain code" tabIndex={0} aria-label={t`Models of the upstream`} style={{ maxHeight: 220, overflowY: 'auto' }}>
        {of.models.map((model) => (
          <li key={model}>{model}</li>
        ))}
      </ul>
      {more > 0 && (
        <Text size="sm" c="dimmed">
          {t`${count(more)} more.`}
        </Text>
      )}
    </>
  );
}
