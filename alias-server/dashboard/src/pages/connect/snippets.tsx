// Code that calls a model, in the languages and libraries that clients use.
import { Tabs, Text } from '@mantine/core';

import { Code } from '../../elements/code';
import { t } from '../../words';
import { SNIPPETS } from './snippet-texts';

export function Snippets({ model, apiKey = 'sk-…' }: { model: string; apiKey?: string }) {
  const base = `${location.origin}/v1`;
  return (
    <>
      <Text size="sm" mb="sm">
        {t`Base URL ${<span className="mono break">{base}</span>}, and the key of a team that may use ${<span className="mono">{model}</span>}.`}
      </Text>
      <Tabs defaultValue={SNIPPETS[0]?.name} keepMounted={false}>
        <Tabs.List mb="sm">
          {SNIPPETS.map((one) => (
            <Tabs.Tab key={one.name} value={one.name}>
              {one.name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SNIPPETS.map((one) => (
          <Tabs.Panel key={one.name} value={one.name}>
            <Code text={one.text({ base, model, key: apiKey })} label={t`${one.name} code`} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
