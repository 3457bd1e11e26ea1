// The answer: what is decided, check by check, and how to mend what fails.
import { Alert, Badge, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { Explanation, ExplainStep, Fix } from '../../api/types';
import { Code } from '../../elements/code';
import { count } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { Time } from '../../elements/time';
import { t } from '../../words';

interface About {
  team?: string;
  model?: string;
  request_id?: string;
}

const NAMES: Record<string, string> = {
  key: 'Key',
  network: t`Network`,
  team: t`Team`,
  endpoint: t`Endpoint`,
  model: t`Model`,
  access: t`Access`,
  scope: t`Key’s models`,
  active: t`Active`,
  rate_limit: t`Rate limits`,
  price: t`Price`,
  credits: t`Credits`,
  budget: t`Budgets`,
};

export function Explained({ about }: { about: About }) {
  const said = useQuery({ queryKey: ['explain', about], queryFn: () => answer(api.GET('/api/explain', { params: { query: about } })), retry: false });
  return (
    <Loaded query={said} what={t`the explanation`} height={160}>
      {(data) => <Answer said={data} />}
    </Loaded>
  );
}

function Answer({ said }: { said: Explanation }) {
  return (
    <Panel title={said.allowed ? t`It is served` : t`It is refused`} actions={<Badge>{said.decision}</Badge>}>
      <Stack gap="sm" role="status">
        {said.allowed ? (
          <Text size="sm">
            {canUse(said)}
          </Text>
        ) : (
          <Text size="sm">
            {said.status ? t`The client reads ${said.status}: ${said.message}` : t`The client reads: ${said.message}`}
          </Text>
        )}
        {said.recorded && (
          <Text size="sm" c="dimmed">
            {recordedText(said.recorded)}
          </Text>
        )}
        <ol className="list-plain" aria-label={t`Checks`}>
          {said.steps.map((step) => (
            <Step key={step.check} step={step} />
          ))}
        </ol>
        {!said.allowed && said.available_models.length > 0 && (
          <Text size="sm" c="dimmed">
            {t`It can use: ${said.available_models.join(', ')}`}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function canUse({ team_id, model, resolves_to, via_groups }: Explanation): ReactNode {
  const [team, name, target, groups] = [<b>{team_id}</b>, <b>{model}</b>, <span className="mono break">{resolves_to}</span>, via_groups.join(', ')];
  if (resolves_to && groups) return t`${team} can use ${name}, which points to ${target} (through ${groups}).`;
  if (resolves_to) return t`${team} can use ${name}, which points to ${target}.`;
  return groups ? t`${team} can use ${name} (through ${groups}).` : t`${team} can use ${name}.`;
}

function recordedText({ request_id, at, outcome, duration_ms }: NonNullable<Explanation['recorded']>): ReactNode {
  const id = <span className="mono">{request_id}</span>;
  return duration_ms == null ? t`Request ${id}, ${<Time at={at} />}: ${outcome}.` : t`Request ${id}, ${<Time at={at} />}: ${outcome} after ${count(duration_ms)} ms.`;
}

function Step({ step }: { step: ExplainStep }) {
  return (
    <li className="line" style={{ alignItems: 'flex-start', justifyContent: 'flex-start' }}>
      {step.ok ? <IconCircleCheckFilled size={18} color="var(--alias-good)" aria-label={t`passes`} /> : <IconCircleXFilled size={18} color="var(--alias-bad)" aria-label={t`fails`} />}
      <div style={{ minWidth: 0, flex: 1 }}>
        <Text size="sm">
          <b>{NAMES[step.check] ?? step.check}.</b> {step.detail}
        </Text>
        {step.fix && (
          <Alert variant="outline" color="indigo" mt="xs" title={t`What mends it`} styles={{ title: { color: 'var(--mantine-color-text)' } }}>
            <Mend fix={step.fix} />
            {step.alternatives.length > 0 && (
              <>
                <Text size="sm" mt="sm" fw={600}>
                  {t`Or`}
                </Text>
                <List size="sm">
                  {step.alternatives.map((fix) => (
                    <List.Item key={fix.text}>
                      <Mend fix={fix} />
                    </List.Item>
                  ))}
                </List>
              </>
            )}
          </Alert>
        )}
      </div>
    </li>
  );
}

/** The page that a fix names, without the folder that all pages are in. */
const within = (path: string): string => path.replace(/^\/ui/, '') || '/';

function Mend({ fix }: { fix: Fix }) {
  const [shown, setShown] = useState(false);
  return (
    <Stack gap={6}>
      <Text size="sm">{fix.text}</Text>
      <Group gap="xs">
        {fix.ui_url && (
          <Button component={Link} to={within(fix.ui_url)} size="compact-sm" variant="default">
            {t`Open the page`}
          </Button>
        )}
        {(fix.curl ?? fix.cli) && (
          <Button size="compact-sm" variant="subtle" c="var(--alias-accent)" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {t`As a command`}
          </Button>
        )}
      </Group>
      {shown && fix.curl && <Code text={fix.curl} label={t`curl command`} />}
      {shown && fix.cli && <Code text={fix.cli} label={t`aliasctl command`} />}
    </Stack>
  );
}
