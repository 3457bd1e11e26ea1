// Whose file manages an object: beside its name, and in the forms that change it.
import { Alert, Badge } from '@mantine/core';

import { t } from '../words';

type By = { by: string | null | undefined };

export const Managed = ({ by }: By) => by && <Badge style={{ flexShrink: 0, minWidth: 'max-content' }}>{t`Managed by ${by}`}</Badge>;

/** What becomes of a change that is made here. */
export const ManagedNote = ({ by }: By) =>
  by && (
    <Alert variant="outline" color="yellow" role="note" styles={{ message: { color: 'var(--mantine-color-text)' } }}>
      {t`A file manages this: ${by}. Its next apply makes it as the file says, so change the file, too.`}
    </Alert>
  );
