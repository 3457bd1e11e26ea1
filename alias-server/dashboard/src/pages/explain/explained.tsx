// The answer: what is decided, check by check, and how to mend what fails.
import { Alert, Badge, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import type { Explanation, ExplainStep, Fix } from '../../api/types';
import { Code } from '../../elements/code';
import { count } from '../../elements/format';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { Time } from '../../elements/time';

interface About {
  team?: string;
  model?: string;
  request_id?: string;
}

const NAMES: Record<string, string> = {
  key: 'Key',
  network: 'Network',
  team: 'Team',
  endpoint: 'Endpoint',
  model: 'Model',
  access: 'Access',
  scope: 'Key’s models',
  active: 'Active',
  rate_limit: 'Rate limits',
  price: 'Price',
  credits: 'Credits',
  budget: 'Budgets',
};

export function Explained({ about }: { about: About }) {
  const said = useQuery({ queryKey: ['explain', about], queryFn: () => answer(api.GET('/api/explain', { params: { query: about } })), retry: false });
  return (
    <Loaded query={said} what="the explanation" height={160}>
      {(data) => <Answer said={data} />}
    </Loaded>
  );
}

function Answer({ said }: { said: Explanation }) {
  return (
    <Panel title={said.allowed ? 'It is served' : 'It is refused'} actions={<Badge>{said.decision}</Badge>}>
      <Stack gap="sm" role="status">
        {said.allowed ? (
          <Text size="sm">
            <b>{said.team_id}</b> can use <b>{said.model}</b>
            {said.resolves_to && (
              <>
                , which points to <span className="mono break">{said.resolves_to}</span>
              </>
            )}
            {said.via_groups.length > 0 && <> (through {said.via_groups.join(', ')})</>}.
          </Text>
        ) : (
          <Text size="sm">
            The client reads{said.status ? ` ${said.status}` : ''}: {said.message}
          </Text>
        )}
        {said.recorded && (
          <Text size="sm" c="dimmed">
            Request <span className="mono">{said.recorded.request_id}</span>, <Time at={said.recorded.at} />: {said.recorded.outcome}
            {said.recorded.duration_ms != null && ` after ${count(said.recorded.duration_ms)} ms`}.
          </Text>
        )}
        <ol className="list-plain" aria-label="Checks">
          {said.steps.map((step) => (
            <Step key={step.check} step={step} />
          ))}
        </ol>
        {!said.allowed && said.available_models.length > 0 && (
          <Text size="sm" c="dimmed">
            It can use: {said.available_models.join(', ')}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function Step({ step }: { step: ExplainStep }) {
  return (
    <li className="line" style={{ alignItems: 'flex-start', justifyContent: 'flex-start' }}>
      {step.ok ? <IconCircleCheckFilled size={18} color="var(--alias-good)" aria-label="passes" /> : <IconCircleXFilled size={18} color="var(--alias-bad)" aria-label="fails" />}
      <div style={{ minWidth: 0, flex: 1 }}>
        <Text size="sm">
          <b>{NAMES[step.check] ?? step.check}.</b> {step.detail}
        </Text>
        {step.fix && (
          <Alert variant="outline" color="indigo" mt="xs" title="What mends it" styles={{ title: { color: 'var(--mantine-color-text)' } }}>
            <Mend fix={step.fix} />
            {step.alternatives.length > 0 && (
              <>
                <Text size="sm" mt="sm" fw={600}>
                  Or
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
            Open the page
          </Button>
        )}
        {(fix.curl ?? fix.cli) && (
          <Button size="compact-sm" variant="subtle" c="var(--alias-accent)" aria-expanded={shown} onClick={() => setShown(!shown)}>
            As a command
          </Button>
        )}
      </Group>
      {shown && fix.curl && <Code text={fix.curl} label="curl command" />}
      {shown && fix.cli && <Code text={fix.cli} label="aliasctl command" />}
    </Stack>
  );
}
