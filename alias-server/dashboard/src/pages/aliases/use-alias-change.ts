// A change of an alias that a button makes at once, with a way back.
import { useQueryClient } from '@tanstack/react-query';

import type { Alias, AliasEdit } from '../../api/types';
import { failed, undoable } from '../../elements/notices';
import { t } from '../../words';
import { aliasesChanged, undoTo, updateAlias } from './queries';

export function useAliasChange(alias: Alias) {
  const client = useQueryClient();
  return async (edit: AliasEdit, message: string) => {
    try {
      const made = await updateAlias(alias, edit);
      undoable(message, async () => {
        await undoTo(alias, made);
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
    } catch (error) {
      failed(t`Changing ${alias.alias}`, error);
    }
  };
}
