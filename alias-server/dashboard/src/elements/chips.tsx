// The first of several names as a chip, and how many more there are.
import { Badge, Group, Text, Tooltip } from '@mantine/core';
import { Link } from 'react-router';

import { t } from '../words';

const CHIPS = 1;

export function Chips({ names, to, none = '–' }: { names: string[]; to: (name: string) => string; none?: string }) {
  if (names.length === 0) return <Text size="sm" c="dimmed">{none}</Text>;
  const more = names.slice(CHIPS);
  return (
    <Group gap={4} wrap="nowrap" style={{ width: 'max-content' }}>
      {names.slice(0, CHIPS).map((name) => (
        <Badge key={name} component={Link} to={to(name)} style={{ cursor: 'pointer', maxWidth: 150, flexShrink: 0 }}>
          {name}
        </Badge>
      ))}
      {more.length > 0 && (
        <Tooltip label={more.join(', ')} multiline maw={360}>
          <Badge tabIndex={0} aria-label={t`and ${more.join(', ')}`}>+{more.length}</Badge>
        </Tooltip>
      )}
    </Group>
  );
}
