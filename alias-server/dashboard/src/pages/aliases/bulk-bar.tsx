// What can be done with the aliases that were selected, each after the other, with one dialog for the sum.
import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { problemOf } from '../../api/problem';
import type { Alias } from '../../api/types';
import { BulkDialog } from '../../elements/bulk';
import { BusyButton } from '../../elements/busy-button';
import { ExportMenu, type Part } from '../../elements/export-menu';
import { count } from '../../elements/format';
import { done, failed, undoable } from '../../elements/notices';
import { plural, t } from '../../words';
import { ImpactSum } from './impact-sum';
import { type queryOf, readPart } from './list-query';
import { addToGroup, aliasesChanged, deleteAlias, fetchAlias, groupsFault, restoreAlias, setActive, updateAlias, useGroupNames } from './queries';

const AT_ONCE = 1_000;

interface Props {
  chosen: Set<string>;
  setChosen: (chosen: Set<string>) => void;
  total: number;
  query: ReturnType<typeof queryOf>;
}

type Doing = 'enable' | 'disable' | 'delete' | 'group' | 'tag' | null;

export function BulkBar({ chosen, setChosen, total, query }: Props) {
  const client = useQueryClient();
  const [doing, setDoing] = useState<Doing>(null);
  const [busy, setBusy] = useState(false);
  const ids = [...chosen];

  const selectAll = async () => {
    setBusy(true);
    try {
      const all = new Set<string>();
      let cursor: string | undefined;
      do {
        const part = await readPart(query, { limit: AT_ONCE, cursor });
        part.rows.forEach((row) => all.add(row.alias));
        cursor = part.next;
      } while (cursor);
      setChosen(all);
    } catch (error) {
      failed(t`Selecting all`, error);
    } finally {
      setBusy(false);
    }
  };
  const finish = (words: (many: number) => string, back?: (id: string) => Promise<unknown>) => (changed: string[], left: string[]) => {
    setChosen(new Set(left));
    void aliasesChanged(client);
    if (changed.length === 0 && left.length > 0) return;
    const message = words(changed.length);
    if (!back || changed.length === 0) return done(message);
    undoable(message, async () => {
      try {
        await backAll(changed, back);
      } finally {
        await aliasesChanged(client);
      }
    });
  };
  const close = () => setDoing(null);
  return (
    <Group role="region" aria-label={t`Selected aliases`} px="sm" py={10} gap="xs" style={{ borderTop: '1px solid var(--alias-line)', position: 'sticky', bottom: 0, background: 'var(--alias-accent-soft)', zIndex: 5 }}>
      <Text size="sm" fw={600} role="status" className="number">
        {plural(ids.length, '# alias selected', '# aliases selected')}
      </Text>
      {ids.length < total && (
        <BusyButton size="xs" variant="subtle" c="var(--alias-accent)" busy={busy} onClick={() => void selectAll()}>
          {t`Select all ${total} matching`}
        </BusyButton>
      )}
      <Button size="xs" variant="default" onClick={() => setDoing('group')}>
        {t`Add to group…`}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDoing('tag')}>
        {t`Add tag…`}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDoing('enable')}>
        {t`Enable…`}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDoing('disable')}>
        {t`Disable…`}
      </Button>
      <ExportMenu<Alias> small name="aliases" many={t`aliases`} read={({ cursor }) => readChosen(ids, Number(cursor ?? 0))} />
      <Button size="xs" variant="default" c="var(--alias-bad)" onClick={() => setDoing('delete')}>
        {t`Delete…`}
      </Button>
      <Button size="xs" variant="subtle" c="var(--alias-accent)" onClick={() => setChosen(new Set())}>
        {t`Clear selection`}
      </Button>
      {doing === 'disable' && (
        <BulkDialog title={plural(ids.length, 'Disable # alias?', 'Disable # aliases?')} action={plural(ids.length, 'Disable # alias', 'Disable # aliases')} danger ids={ids} run={disable} onClose={close} onDone={finish((many) => plural(many, 'Disabled # alias', 'Disabled # aliases'), (id) => setActive(id, true))}>
          <ImpactSum ids={ids} action="disable" />
          <Text size="sm">{t`They get an error from now on. The aliases keep their groups and can be enabled again.`}</Text>
        </BulkDialog>
      )}
      {doing === 'delete' && (
        <BulkDialog title={plural(ids.length, 'Delete # alias?', 'Delete # aliases?')} action={plural(ids.length, 'Delete # alias', 'Delete # aliases')} danger ids={ids} run={deleteAlias} onClose={close} onDone={finish((many) => plural(many, 'Deleted # alias', 'Deleted # aliases'), restoreAlias)}>
          <ImpactSum ids={ids} action="delete" />
          <Text size="sm">{t`The aliases leave all their access groups. Each of them can be restored for 30 days.`}</Text>
        </BulkDialog>
      )}
      {doing === 'enable' && (
        <BulkDialog title={plural(ids.length, 'Enable # alias?', 'Enable # aliases?')} action={plural(ids.length, 'Enable # alias', 'Enable # aliases')} ids={ids} run={(id) => setActive(id, true)} onClose={close} onDone={finish((many) => plural(many, 'Enabled # alias', 'Enabled # aliases'))}>
          <Text size="sm">{t`Teams that have them in a group can call them from now on.`}</Text>
        </BulkDialog>
      )}
      {doing === 'tag' && <AddTag ids={ids} onClose={close} onDone={finish((many) => plural(many, 'Tagged # alias', 'Tagged # aliases'))} />}
      {doing === 'group' && <AddToGroup ids={ids} onClose={close} onDone={finish((many) => plural(many, 'Added to the group: # alias', 'Added to the group: # aliases'))} />}
    </Group>
  );
}

const READ_AT_ONCE = 20;

/** The next of those that were selected. */
async function readChosen(ids: string[], from: number): Promise<Part<Alias>> {
  const to = from + READ_AT_ONCE;
  const rows = await Promise.all(ids.slice(from, to).map(fetchAlias));
  return { rows, total: ids.length, next: to < ids.length ? String(to) : undefined };
}

const TOLD = 5;

/** Takes back each that can be; which could not, and why, is said then. */
async function backAll(ids: string[], back: (id: string) => Promise<unknown>): Promise<void> {
  const failures: string[] = [];
  for (const id of ids) {
    try {
      await back(id);
    } catch (error) {
      failures.push(`${id}: ${problemOf(error).detail}`);
    }
  }
  if (failures.length > 0) throw new Error(plural(failures.length, '# of {0} was not taken back. {1}', '# of {0} were not taken back. {1}', count(ids.length), failures.slice(0, TOLD).join(' ')));
}

/** What was off before is not switched on by taking it back. */
const disable = async (id: string) => (await fetchAlias(id)).active && setActive(id, false);

function AddToGroup({ ids, onClose, onDone }: { ids: string[]; onClose: () => void; onDone: (done: string[], left: string[]) => void }) {
  const groups = useGroupNames();
  const [group, setGroup] = useState<string | null>(null);
  const teams = groups.data?.find((one) => one.group_name === group)?.team_count;
  return (
    <BulkDialog
      title={plural(ids.length, 'Add # alias to a group', 'Add # aliases to a group')}
      action={t`Add to group`}
      ids={group ? ids : []}
      run={(id) => addToGroup(group ?? '', [id])}
      onClose={onClose}
      onDone={onDone}
    >
      <Select label={t`Access group`} searchable data={(groups.data ?? []).map((one) => one.group_name)} value={group} onChange={setGroup} nothingFoundMessage={t`No such group`} limit={50} error={groupsFault(groups)} description={teams !== undefined ? plural(teams, '# team can use them then', '# teams can use them then') : undefined} />
    </BulkDialog>
  );
}

function AddTag({ ids, onClose, onDone }: { ids: string[]; onClose: () => void; onDone: (done: string[], left: string[]) => void }) {
  const [tag, setTag] = useState('');
  const add = async (id: string) => {
    const alias = await fetchAlias(id);
    if (!alias.tags.includes(tag.trim())) await updateAlias(alias, { tags: [...alias.tags, tag.trim()] });
  };
  return (
    <BulkDialog title={plural(ids.length, 'Add a tag to # alias', 'Add a tag to # aliases')} action={t`Add tag`} ids={tag.trim() ? ids : []} run={add} onClose={onClose} onDone={onDone}>
      <TextInput label={t`Tag`} description={t`The list can be filtered by it`} value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
    </BulkDialog>
  );
}
