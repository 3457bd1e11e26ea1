// A list of the settings: made, changed and ended here, each in a drawer or dialog that has an address.
import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Loaded } from '../../elements/loaded';
import { MissingDialog } from '../../elements/missing';
import { Panel } from '../../elements/panel';
import { RowButton } from '../../elements/row-button';
import { type Head, SmallTable } from '../../elements/small-table';
import { useOverlay } from '../../elements/url-state';
import { useHeld } from '../../elements/use-held';
import { t } from '../../words';

const ENDS = { delete: t`Delete…`, revoke: t`Revoke…` };

interface Props<T> {
  title: string;
  query: UseQueryResult<T[]>;
  heads: Head<T>[];
  empty: ReactNode;
  id: (row: T) => string;
  name: (row: T) => string;
  /** Whether whoever looks may change it. */
  writes: boolean;
  /** `Create token`. */
  create: string;
  /** The form that makes one, or changes the one that is given. */
  form: (close: () => void, editing?: T) => ReactNode;
  /** Rows can be edited, too. */
  edits?: boolean;
  /** How one is ended. */
  ends?: keyof typeof ENDS;
  end: (row: T, close: () => void) => ReactNode;
  /** What else can be done with a row. */
  actions?: (row: T) => ReactNode;
}

export function KeptList<T>({ title, query, heads, empty, id, name, writes, create, form, edits = false, ends = 'delete', end, actions }: Props<T>) {
  const creating = useOverlay('create');
  const editing = useOverlay('edit');
  const ending = useOverlay(ends);
  const find = (of: string) => query.data?.find((row) => id(row) === of);
  const edited = useHeld(edits ? editing.of : '', find(editing.of));
  const ended = useHeld(ending.of, find(ending.of));
  const opened = [...(edits ? [editing] : []), ending].find((one) => one.of);
  const lacking = query.data && opened && !edited && !ended && opened;
  return (
    <Panel title={title} actions={writes && <Button size="xs" variant="default" onClick={() => creating.open()}>{create}</Button>}>
      <Loaded query={query} what={t`the ${title.toLowerCase()}`}>
        {(rows) => (
          <SmallTable
            label={title}
            heads={heads}
            rows={rows}
            id={id}
            empty={empty}
            actions={(row) => (
              <>
                {actions?.(row)}
                {writes && edits && <RowButton label={t`Edit`} name={name(row)} onClick={() => editing.open(id(row))} />}
                {writes && <RowButton label={ENDS[ends]} name={name(row)} danger onClick={() => ending.open(id(row))} />}
              </>
            )}
          />
        )}
      </Loaded>
      {writes && creating.opened && form(creating.close)}
      {writes && edited && form(editing.close, edited)}
      {writes && ended && end(ended, ending.close)}
      {writes && lacking && <MissingDialog what={lacking.of} onClose={lacking.close} />}
    </Panel>
  );
}
