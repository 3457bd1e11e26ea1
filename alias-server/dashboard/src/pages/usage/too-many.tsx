// That a chart lacks what its report could not hold.
import { Text } from '@mantine/core';

import { t } from '../../words';

export function TooMany({ shorter }: { shorter: boolean }) {
  return (
    <Text size="sm" style={{ color: 'var(--alias-warn)' }}>
      {t`More than 10,000 rows: the chart shows the first of them, and its newest days are missing.`} {shorter && t`Choose a shorter time.`}
    </Text>
  );
}
