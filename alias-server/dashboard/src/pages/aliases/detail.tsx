// One alias: where it goes, who reaches it, what it cost, what it was before.
import { Button } from '@mantine/core';
import { IconArrowsExchange, IconEdit } from '@tabler/icons-react';
import { useParams } from 'react-router';

import type { Alias } from '../../api/types';
import { CopyButton } from '../../elements/copy-button';
import { lazily } from '../../elements/lazily';
import { Managed } from '../../elements/managed';
import { ObjectPage } from '../../elements/object-page';
import { PageHead } from '../../elements/page-head';
import { AliasStatus } from '../../elements/status';
import { PageTabs } from '../../elements/tabs';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { AliasOverview } from './detail-overview';
import { MissingAlias } from './missing';
import { OpenedOver } from './opened-over';
import { useAlias } from './queries';
import { AliasRowMenu } from './row-menu';

const AliasAccess = lazily(async () => (await import('./detail-access')).AliasAccess);
const AliasHistory = lazily(async () => (await import('./detail-history')).AliasHistory);
const AliasSettings = lazily(async () => (await import('./detail-settings')).AliasSettings);
const AliasUsage = lazily(async () => (await import('./detail-usage')).AliasUsage);

const TRAIL = [{ label: t`Model Management` }, { label: t`Aliases`, to: '/aliases' }];

export default function AliasDetail() {
  const { alias: name = '' } = useParams();
  return (
    <ObjectPage read={useAlias(name)} name={name} kind={t`alias`} windowTitle={t`${name} · Aliases`} trail={TRAIL} missing={<MissingAlias name={name} />}>
      {(alias) => <Found alias={alias} />}
    </ObjectPage>
  );
}

function Found({ alias }: { alias: Alias }) {
  const { may } = useSession();
  const edit = useOverlay('edit');
  const switching = useOverlay('switch');
  return (
    <>
      <PageHead
        title={alias.alias}
        windowTitle={t`${alias.alias} · Aliases`}
        lead={alias.description}
        trail={[...TRAIL, { label: alias.alias }]}
        aside={
          <>
            <CopyButton value={alias.alias} label={t`Copy ${alias.alias}`} />
            <AliasStatus alias={alias} />
            <Managed by={alias.managed_by} />
          </>
        }
        actions={
          <>
            {may('writeCatalog') && (
              <>
                <Button variant="default" leftSection={<IconArrowsExchange size={16} aria-hidden />} onClick={() => switching.open(alias.alias)}>
                  {t`Switch provider…`}
                </Button>
                <Button variant="default" data-shortcut="edit" leftSection={<IconEdit size={16} aria-hidden />} onClick={() => edit.open(alias.alias)}>
                  {t`Edit`}
                </Button>
              </>
            )}
            <AliasRowMenu alias={alias} within="page" />
          </>
        }
      />
      <PageTabs
        parts={[
          { value: 'overview', label: t`Overview`, content: () => <AliasOverview alias={alias} /> },
          { value: 'usage', label: t`Usage`, content: () => <AliasUsage alias={alias} /> },
          { value: 'access', label: t`Access`, content: () => <AliasAccess alias={alias} /> },
          { value: 'history', label: t`History`, content: () => <AliasHistory alias={alias} /> },
          { value: 'settings', label: t`Settings`, content: () => <AliasSettings alias={alias} /> },
        ]}
      />
      <OpenedOver rows={[alias]} onPage={alias.alias} />
    </>
  );
}
