// What can be done with one row of a short list, named for whoever does not see the row.
import { Button } from '@mantine/core';

import { t } from '../words';

interface Props {
  /** `Edit`, `Delete…`. */
  label: string;
  /** Of the row. */
  name: string;
  danger?: boolean;
  onClick: () => void;
}

export function RowButton({ label, name, danger, onClick }: Props) {
  return (
    <Button size="compact-sm" variant="default" c={danger ? 'var(--alias-bad)' : undefined} aria-label={t`${label.replace('…', '')} ${name}`} onClick={onClick}>
      {label}
    </Button>
  );
}
