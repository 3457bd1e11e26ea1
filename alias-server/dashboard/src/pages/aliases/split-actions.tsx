// What becomes of a part of the callers that goes to another target: all follow it, or it comes back.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import type { Alias, AliasEdit } from '../../api/types';
import { failed, undoable } from '../../elements/notices';
import { useSession } from '../../session/session';
import { aliasesChanged, rollBack, updateAlias } from './queries';

export function SplitActions({ alias, target }: { alias: Alias; target: string }) {
  const client = useQueryClient();
  const { may } = useSession();
  if (!may('writeCatalog')) return null;
  const others = alias.split.filter((one) => one.litellm_model !== target);
  const change = async (edit: AliasEdit, message: string) => {
    try {
      await updateAlias(alias, edit);
      undoable(message, async () => {
        await rollBack(alias.alias, alias.version, 'undone');
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
    } catch (error) {
      failed(`Changing ${alias.alias}`, error);
    }
  };
  return (
    <>
      <Button size="compact-xs" variant="default" aria-label={`Move all callers to ${target}`} onClick={() => void change({ litellm_model: target, split: others }, `${alias.alias} now points to ${target}`)}>
        Move all callers
      </Button>
      <Button size="compact-xs" variant="default" aria-label={`End the split to ${target}`} onClick={() => void change({ split: others }, `All callers of ${alias.alias} are back`)}>
        End
      </Button>
    </>
  );
}
