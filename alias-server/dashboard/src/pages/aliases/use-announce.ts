// Says that an alias was changed, or when it will be, and takes either back.
import { useQueryClient } from '@tanstack/react-query';

import { exactTime } from '../../elements/format';
import { undoable } from '../../elements/notices';
import { t } from '../../words';
import { aliasesChanged, cancelChange, waitingOf } from './queries';

/** `said`: the answer to the change; a change that waits for `at` is taken back before it is made. */
export function useAnnounce(alias: string) {
  const client = useQueryClient();
  return (said: unknown, at: string | undefined, message: string, back: () => Promise<unknown>) => {
    const change = waitingOf(said);
    undoable(change && at ? t`Scheduled for ${exactTime(at)}: ${message}` : message, async () => {
      await (change ? cancelChange(alias, change) : back());
      await aliasesChanged(client);
    });
  };
}
