// What this server is, and where everything is described.
import { Anchor, Stack, Switch, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { CopyButton } from '../../elements/copy-button';
import { Loaded } from '../../elements/loaded';
import { Panel } from '../../elements/panel';
import { useSession } from '../../session/session';
import { useShortcutsOn } from '../../shell/shortcuts';
import { t } from '../../words';

const LINKS = [
  { href: '/openapi.json', label: t`The API, as OpenAPI` },
  { href: '/docs/errors', label: t`Every error, and what to do about it` },
];

export function About() {
  const { me, may } = useSession();
  const version = useQuery({ queryKey: ['version'], queryFn: async () => (await answer(api.GET('/version', { parseAs: 'json' }))) as unknown as { version: string }, enabled: may('readSystem') });
  const [shortcuts, setShortcuts] = useShortcutsOn();
  return (
    <Stack>
      <Panel title={t`This server`}>
        <Table withRowBorders={false}>
          <Table.Tbody>
            {may('readSystem') && (
              <Table.Tr>
                <Table.Th scope="row" w={160} fw={500} c="dimmed">
                  {t`Version`}
                </Table.Th>
                <Table.Td>
                  <Loaded query={version} what={t`the version`} height={20}>
                    {(data) => data.version}
                  </Loaded>
                </Table.Td>
              </Table.Tr>
            )}
            <Table.Tr>
              <Table.Th scope="row" fw={500} c="dimmed">
                {t`Base URL`}
              </Table.Th>
              <Table.Td>
                <span className="mono">{location.origin}/v1</span> <CopyButton value={`${location.origin}/v1`} label={t`Copy base URL`} />
              </Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th scope="row" fw={500} c="dimmed">
                {t`Access`}
              </Table.Th>
              <Table.Td>{me.mode === 'open' ? t`Open: this machine only, without a key. The first account or token ends that.` : t`Everybody signs in, or has a key or token.`}</Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </Panel>
      <Panel title={t`Documentation`}>
        <ul className="list-plain">
          {LINKS.map((link) => (
            <li key={link.href} className="line">
              <Anchor href={link.href} size="sm">
                {link.label}
              </Anchor>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t`This browser`}>
        <Switch label={t`Single-key shortcuts`} description={t`Press ? for all of them`} checked={shortcuts} onChange={(event) => setShortcuts(event.currentTarget.checked)} />
      </Panel>
    </Stack>
  );
}
