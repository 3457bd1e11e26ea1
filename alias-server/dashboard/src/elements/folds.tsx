// The folded parts of a form. What is refused in one unfolds it: it is seen then, and the summary leads to it.
import { Accordion, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

import { Problem } from '../api/problem';

export interface Fold {
  value: string;
  label: string;
  /** What it holds, while it is folded. */
  note: ReactNode;
  /** The names of its fields in the API. */
  fields: string[];
  content: ReactNode;
}

export function Folds({ error, folds }: { error: unknown; folds: Fold[] }) {
  const [unfolded, setUnfolded] = useState<string[]>([]);
  useEffect(() => {
    const refused = error instanceof Problem ? error.fields.map((one) => one.field.split(/[.[]/)[0] ?? '') : [];
    const with_ = folds.filter((fold) => fold.fields.some((field) => refused.includes(field))).map((fold) => fold.value);
    if (with_.length > 0) setUnfolded((before) => [...new Set([...before, ...with_])]);
    // Only a further answer unfolds again what somebody folded.
  }, [error]);
  return (
    <Accordion multiple chevronPosition="left" variant="separated" value={unfolded} onChange={setUnfolded}>
      {folds.map((fold) => (
        <Accordion.Item key={fold.value} value={fold.value}>
          <Accordion.Control>
            <Text size="sm" fw={600}>
              {fold.label} <Text span size="sm" c="dimmed" fw={400}>{fold.note}</Text>
            </Text>
          </Accordion.Control>
          <Accordion.Panel>
            <Stack gap="sm">{fold.content}</Stack>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}
