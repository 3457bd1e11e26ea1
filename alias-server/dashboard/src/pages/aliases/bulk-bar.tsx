// What can be done with the aliases that were selected, each after the other, with one dialog for the sum.
import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { BulkDialog } from '../../elements/bulk';
import { BusyButton } from '../../elements/busy-button';
import { counted } from '../../elements/format';
import { done, failed, undoable } from '../../elements/notices';
import { ImpactSum } from './impact-sum';
import { type queryOf, readAliases } from './list-query';
import { addToGroup, aliasesChanged, deleteAlias, fetchAlias, restoreAlias, setActive, updateAlias, useGroupNames } from './queries';

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
  const these = counted(ids.length, 'alias', 'aliases');

  const selectAll = async () => {
    setBusy(true);
    try {
      const all = new Set<string>();
      for (let more = true; more; ) {
        const part = await readAliases(query, AT_ONCE, all.size);
        part.rows.forEach((row) => all.add(row.alias));
        more = part.rows.length > 0 && all.size < part.total;
      }
      setChosen(all);
    } catch (error) {
      failed('Selecting all', error);
    } finally {
      setBusy(false);
    }
  };
  const finish = (words: string, back?: (id: string) => Promise<unknown>) => (changed: string[]) => {
    setChosen(new Set());
    void aliasesChanged(client);
    if (changed.length === 0) return;
    const message = `${words} ${counted(changed.length, 'alias', 'aliases')}`;
    if (!back) return done(message);
    undoable(message, async () => {
      for (const id of changed) await back(id);
      await aliasesChanged(client);
    });
  };
  const close = () => setDoing(null);
  return (
    <Group role="region" aria-label="Selected aliases" px="sm" py={10} gap="xs" style={{ borderTop: '1px solid var(--alias-line)', position: 'sticky', bottom: 0, background: 'var(--alias-accent-soft)', zIndex: 5 }}>
      <Text size="sm" fw={600} role="status" className="number">
        {counted(ids.length, 'alias', 'aliases')} selected
      </Text>
      {ids.length < total && (
        <BusyButton size="xs" variant="subtle" c="var(--alias-accent)" busy={busy} onClick={() => void selectAll()}>
          Select all {total} matching
        </BusyButton>
      )}
      <Button size="xs" variant="default" onClick={() => setDoing('group')}>
        Add to group…
      </Button>
      <Button size="xs" variant="default" onClick={() => setDoing('tag')}>
        Add tag…
      </Button>
      <Button size="xs" variant="default" onClick={() => setDoing('enable')}>
        Enable…
      </Button>
      <Button size="xs" variant="default" onClick={() => setDoing('disable')}>
        Disable…
      </Button>
      <Button size="xs" variant="default" c="var(--alias-bad)" onClick={() => setDoing('delete')}>
        Delete…
      </Button>
      <Button size="xs" variant="subtle" c="var(--alias-accent)" onClick={() => setChosen(new Set())}>
        Clear selection
      </Button>
      {doing === 'disable' && (
        <BulkDialog title={`Disable ${these}?`} action={`Disable ${these}`} danger ids={ids} run={(id) => setActive(id, false)} onClose={close} onDone={finish('Disabled', (id) => setActive(id, true))}>
          <ImpactSum ids={ids} action="disable" />
          <Text size="sm">They get an error from now on. The aliases keep their groups and can be enabled again.</Text>
        </BulkDialog>
      )}
      {doing === 'delete' && (
        <BulkDialog title={`Delete ${these}?`} action={`Delete ${these}`} danger ids={ids} run={deleteAlias} onClose={close} onDone={finish('Deleted', restoreAlias)}>
          <ImpactSum ids={ids} action="delete" />
          <Text size="sm">The aliases leave all their access groups. Each of them can be restored for 30 days.</Text>
        </BulkDialog>
      )}
      {doing === 'enable' && (
        <BulkDialog title={`Enable ${these}?`} action={`Enable ${these}`} ids={ids} run={(id) => setActive(id, true)} onClose={close} onDone={finish('Enabled')}>
          <Text size="sm">Teams that have them in a group can call them from now on.</Text>
        </BulkDialog>
      )}
      {doing === 'tag' && <AddTag ids={ids} onClose={close} onDone={finish('Tagged')} />}
      {doing === 'group' && <AddToGroup ids={ids} onClose={close} onDone={finish('Added to the group:')} />}
    </Group>
  );
}

function AddToGroup({ ids, onClose, onDone }: { ids: string[]; onClose: () => void; onDone: (done: string[]) => void }) {
  const groups = useGroupNames();
  const [group, setGroup] = useState<string | null>(null);
  const teams = groups.data?.find((one) => one.group_name === group)?.team_count ?? 0;
  return (
    <BulkDialog
      title={`Add ${counted(ids.length, 'alias', 'aliases')} to a group`}
      action="Add to group"
      ids={group ? ids : []}
      run={(id) => addToGroup(group ?? '', [id])}
      onClose={onClose}
      onDone={onDone}
    >
      <Select label="Access group" searchable data={(groups.data ?? []).map((one) => one.group_name)} value={group} onChange={setGroup} nothingFoundMessage="No such group" description={group ? `${counted(teams, 'team')} can use them then` : undefined} />
    </BulkDialog>
  );
}

function AddTag({ ids, onClose, onDone }: { ids: string[]; onClose: () => void; onDone: (done: string[]) => void }) {
  const [tag, setTag] = useState('');
  const add = async (id: string) => {
    const alias = await fetchAlias(id);
    if (!alias.tags.includes(tag.trim())) await updateAlias(alias, { tags: [...alias.tags, tag.trim()] });
  };
  return (
    <BulkDialog title={`Add a tag to ${counted(ids.length, 'alias', 'aliases')}`} action="Add tag" ids={tag.trim() ? ids : []} run={add} onClose={onClose} onDone={onDone}>
      <TextInput label="Tag" description="The list can be filtered by it" value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
    </BulkDialog>
  );
}
