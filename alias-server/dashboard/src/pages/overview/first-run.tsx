// The way from nothing to the first call, as a list that goes once it is done or hidden.
import { Anchor, Button, Group, Progress, Text } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { answer, api } from '../../api/client';
import { Loaded } from '../../elements/loaded';
import { useOverlay } from '../../elements/url-state';
import { plural, t } from '../../words';
import { useUpstream } from '../settings/use-upstream';
import { StarterSets } from './starter-sets';
import { upstreamText } from './upstream-step';

interface Step {
  done: boolean;
  text: string;
  to?: string;
  onClick?: () => void;
  action: string;
  /** The action is there when it is done, too. */
  lasts?: boolean;
}

export function FirstRun() {
  const [hidden, setHidden] = useLocalStorage({ key: 'alias-first-run-hidden', defaultValue: false });
  const [starting, starter] = useDisclosure(false);
  const found = useQuery({
    queryKey: ['overview', 'first-run'],
    queryFn: async () => {
      const one = { params: { query: { limit: 1 } } };
      const [aliases, groups, organizations, teams, stats] = await Promise.all([
        answer(api.GET('/api/model-aliases', one)),
        answer(api.GET('/api/model-access-groups', one)),
        answer(api.GET('/api/organizations', one)),
        answer(api.GET('/api/teams', one)),
        answer(api.GET('/api/stats/dashboard')),
      ]);
      return { aliases: aliases.total, groups: groups.total, organizations: organizations.total, teams: teams.total, calls: stats.last_30_days.calls };
    },
    enabled: !hidden,
  });
  // Who made a first call has been through all of it: what the upstream does now is shown in Settings.
  const complete = found.data !== undefined && Object.values(found.data).every((number) => number > 0);
  const upstream = useUpstream(found.data !== undefined && !complete);
  const connecting = useOverlay('upstream');
  if (hidden || complete) return null;
  const answers = upstream.data?.state === 'answers';
  return (
    <Loaded query={found} what={t`how far the setup is`} height={120}>
      {(data) => {
        const steps: Step[] = [
          { done: answers, text: upstreamText(upstream), onClick: () => connecting.open(), action: answers ? t`Show its models` : t`Connect upstream`, lasts: true },
          { done: data.aliases > 0, text: data.aliases ? plural(data.aliases, '# alias', '# aliases') : t`Name your first models`, onClick: starter.open, action: t`Pick a starter set` },
          { done: data.groups > 0, text: data.groups ? plural(data.groups, '# access group', '# access groups') : t`Bundle aliases in an access group`, to: '/access-groups?create', action: t`Create Access Group` },
          { done: data.organizations > 0, text: data.organizations ? plural(data.organizations, '# organization', '# organizations') : t`Create an organization`, to: '/organizations?create', action: t`Create Organization` },
          { done: data.teams > 0, text: data.teams ? plural(data.teams, '# team', '# teams') : t`Create a team and its key`, to: '/teams?create', action: t`Create Team` },
          { done: data.calls > 0, text: data.calls ? t`The first call was made` : t`Make the first call`, to: '/connect', action: t`Open Connect` },
        ];
        const done = steps.filter((step) => step.done).length;
        return (
          <section className="panel" style={{ padding: '14px 16px' }} aria-label={t`Get started`}>
            <Group justify="space-between" mb={8}>
              <Text fw={650} component="h2" m={0}>
                {t`Get started`} <Text span c="dimmed" fw={400} size="sm">{t`${done} of ${steps.length}`}</Text>
              </Text>
              <Button size="compact-sm" variant="subtle" color="gray" c="dimmed" onClick={() => setHidden(true)}>
                {t`Hide`}
              </Button>
            </Group>
            <Progress value={(100 * done) / steps.length} size="sm" mb="xs" aria-label={t`Setup`} />
            <ol className="list-plain">
              {steps.map((step) => (
                <li key={step.action} className="line">
                  <Group gap="xs" wrap="nowrap">
                    {step.done ? <IconCircleCheckFilled size={18} color="var(--alias-good)" aria-label={t`Done`} /> : <IconCircleDashed size={18} aria-label={t`To do`} />}
                    <Text size="sm" c={step.done ? 'dimmed' : undefined}>
                      {step.text}
                    </Text>
                  </Group>
                  {(!step.done || step.lasts) &&
                    (step.to ? (
                      <Anchor component={Link} to={step.to} size="sm">
                        {step.action}
                      </Anchor>
                    ) : (
                      <Button size="compact-sm" variant={step.done ? 'default' : 'filled'} onClick={step.onClick}>
                        {step.action}
                      </Button>
                    ))}
                </li>
              ))}
            </ol>
            {starting && <StarterSets onClose={starter.close} />}
          </section>
        );
      }}
    </Loaded>
  );
}
