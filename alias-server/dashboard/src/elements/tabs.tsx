// The parts of an object's page, each with an address.
import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';

import { useUrlState } from './url-state';

export interface Part {
  value: string;
  label: string;
  content: () => ReactNode;
}

export function PageTabs({ parts }: { parts: Part[] }) {
  const url = useUrlState();
  const first = parts[0]?.value ?? '';
  const value = parts.some((part) => part.value === url.get('tab')) ? url.get('tab') : first;
  return (
    <Tabs value={value} onChange={(next) => url.set({ tab: next === first ? null : next })} keepMounted={false}>
      <Tabs.List mb="md">
        {parts.map((part) => (
          <Tabs.Tab key={part.value} value={part.value}>
            {part.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {parts.map((part) => (
        <Tabs.Panel key={part.value} value={part.value}>
          {part.content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
