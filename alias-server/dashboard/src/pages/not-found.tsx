// An address that no page has.
import { Button } from '@mantine/core';
import { IconCompassOff } from '@tabler/icons-react';
import { Link } from 'react-router';

import { Empty } from '../elements/empty';
import { PageHead } from '../elements/page-head';
import { t } from '../words';

export default function NotFound() {
  return (
    <>
      <PageHead title={t`Page not found`} />
      <div className="panel">
        <Empty icon={IconCompassOff} title={t`There is no such page`} actions={<Button component={Link} to="/">{t`Go to the overview`}</Button>}>
          {t`The address may be misspelled, or what it showed was renamed or deleted.`}
        </Empty>
      </div>
    </>
  );
}
