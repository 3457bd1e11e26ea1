// An alias that is not there: perhaps it was deleted, and can be brought back.
import { Button } from '@mantine/core';
import { IconTrashOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { Empty } from '../../elements/empty';
import { done, failed } from '../../elements/notices';
import { Time } from '../../elements/time';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { aliasesChanged, restoreAlias } from './queries';

export function MissingAlias({ name }: { name: string }) {
  const client = useQueryClient();
  const { may } = useSession();
  const history = useQuery({
    queryKey: ['alias-history', name, 'deleted'],
    queryFn: () => answer(api.GET('/api/model-aliases/{alias}/history', { params: { path: { alias: name }, query: { limit: 1 } } })),
    retry: false,
  });
  const deletedAt = history.data?.deleted_at;
  const restore = async () => {
    try {
      await restoreAlias(name);
      done(t`Restored ${name}`);
      await aliasesChanged(client);
    } catch (error) {
      failed(t`Restoring ${name}`, error);
    }
  };
  return (
    <div className="panel">
      <Empty icon={IconTrashOff} title={t`There is no alias ${name}`} actions={deletedAt && may('writeCatalog') && <Button onClick={() => void restore()}>{t`Restore ${name}`}</Button>}>
        {deletedAt ? (
          <>
            {t`It was deleted ${<Time at={deletedAt} />}. Restored, it has its groups, its history and its figures again.`}
          </>
        ) : (
          t`It may have been renamed, or never been there.`
        )}
      </Empty>
    </div>
  );
}
