// Everything that an alias says of itself, and what cannot be taken back lightly.
import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Alias } from '../../api/types';
import { Code } from '../../elements/code';
import { CopyButton } from '../../elements/copy-button';
import { Panel } from '../../elements/panel';
import { Time } from '../../elements/time';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { BudgetsPanel } from '../budgets/budgets-panel';
import { priceLine } from './use-lint';

export function AliasSettings({ alias }: { alias: Alias }) {
  const { may } = useSession();
  const edit = useOverlay('edit');
  const disabling = useOverlay('disable');
  const deleting = useOverlay('delete');
  const rows: [string, ReactNode][] = [
    [t`Id`, <Group key="id" gap={4} wrap="nowrap"><span className="mono break">{alias.id}</span><CopyButton value={alias.id} label={t`Copy id`} /></Group>],
    [t`Display name`, alias.display_name],
    [t`LiteLLM Model`, <span key="target" className="mono break">{alias.litellm_model}</span>],
    [t`Price`, `${priceLine(alias.pricing_input, alias.pricing_output)} (${alias.pricing_source})`],
    [t`Visibility`, alias.visibility === 'listed' ? t`Listed` : t`Hidden: callable, in no list`],
    [t`When a client leaves`, alias.on_disconnect === 'drain' ? t`The answer is read to its end` : t`The call is ended`],
    [t`Tags`, alias.tags.length ? <Group key="tags" gap={4}>{alias.tags.map((tag) => <Badge key={tag}>{tag}</Badge>)}</Group> : t`none`],
    [t`Created`, <Time key="created" at={alias.created_at} />],
    [t`Changed`, <Time key="changed" at={alias.updated_at} />],
  ];
  const metadata = Object.keys(alias.metadata).length > 0;
  return (
    <Stack>
      <Panel title={t`Settings`} actions={may('writeCatalog') && <Button size="xs" variant="default" onClick={() => edit.open(alias.alias)}>{t`Edit`}</Button>}>
        <Table withRowBorders={false}>
          <Table.Tbody>
            {rows.map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th scope="row" w={180} fw={500} c="dimmed">
                  {label}
                </Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {metadata && <Code text={JSON.stringify(alias.metadata, null, 2)} label={t`metadata`} />}
      </Panel>
      <BudgetsPanel scope={{ alias: alias.alias }} />
      {may('writeCatalog') && (
        <section className="panel danger" aria-label={t`Danger zone`}>
          {alias.active && (
            <div className="line">
              <Text size="sm">
                {t`${<b>{t`Disable this alias.`}</b>} Teams get an error until it is enabled again.`}
              </Text>
              <Button variant="default" size="xs" c="var(--alias-bad)" onClick={() => disabling.open(alias.alias)}>
                {t`Disable…`}
              </Button>
            </div>
          )}
          <div className="line">
            <Text size="sm">
              {t`${<b>{t`Delete this alias.`}</b>} It leaves all its groups; it can be restored for 30 days.`}
            </Text>
            <Button variant="default" size="xs" c="var(--alias-bad)" onClick={() => deleting.open(alias.alias)}>
              {t`Delete…`}
            </Button>
          </div>
        </section>
      )}
    </Stack>
  );
}
