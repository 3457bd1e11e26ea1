// The aliases of a group, in two panes: what is in it, and what could be. Nothing counts before it is saved.
import { ActionIcon, Button, Group as Row, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';

import { Problem } from '../../api/problem';
import type { Group } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { FormError } from '../../elements/form-error';
import { count } from '../../elements/format';
import { LoadError } from '../../elements/load-error';
import { undoable } from '../../elements/notices';
import { listed, useFirst } from '../../elements/use-first';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { aliasPath } from '../aliases/queries';
import { readAliases } from '../aliases/list-query';
import { changeMembers, groupsChanged } from './queries';

const SHOWN = 50;
const AT_ONCE = 500;

interface Entry {
  alias: string;
  litellm_model: string;
  active: boolean;
}

export function Members({ group }: { group: Group }) {
  const client = useQueryClient();
  const { may } = useSession();
  const [added, setAdded] = useState<Map<string, Entry>>(new Map());
  const [removed, setRemoved] = useState<Set<string>>(new Set());
  const writes = may('writeCatalog');
  const name = group.group_name;

  const reset = () => {
    setAdded(new Map());
    setRemoved(new Set());
  };
  const submit = useSubmit(async () => {
    const made = await changeMembers(name, [...added.keys()], [...removed]);
    undoable(t`Saved ${name}: +${made.added.length} −${made.removed.length}`, async () => {
      await changeMembers(name, made.removed, made.added);
      await groupsChanged(client);
    });
    await groupsChanged(client);
    reset();
  });
  const add = (entry: Entry) => {
    if (removed.has(entry.alias)) {
      setRemoved(new Set([...removed].filter((one) => one !== entry.alias)));
      return;
    }
    setAdded(new Map(added).set(entry.alias, entry));
  };
  const remove = (entry: Entry) => {
    if (added.has(entry.alias)) {
      setAdded(new Map([...added].filter(([alias]) => alias !== entry.alias)));
      return;
    }
    setRemoved(new Set(removed).add(entry.alias));
  };
  const inside: Entry[] = [...group.model_aliases.filter((one) => !removed.has(one.alias)), ...added.values()];
  const pending = added.size + removed.size > 0;
  return (
    <>
      <div className="grid-2">
        <Inside entries={inside} added={added} pending={pending} onRemove={writes ? remove : undefined} />
        {writes && <Outside inside={new Set(inside.map((one) => one.alias))} pending={pending} onAdd={add} />}
      </div>
      {pending && (
        <div className="panel pending" role="status">
          <Text size="sm">
            <b>{t`Not saved yet.`}</b> {effectOf([...added.keys()], [...removed], group.team_count)}
          </Text>
          <Row gap="xs">
            <Button variant="default" size="xs" onClick={reset}>
              {t`Discard`}
            </Button>
            <BusyButton size="xs" busy={submit.busy} onClick={() => void submit.run()}>
              {t`Save`}
            </BusyButton>
          </Row>
        </div>
      )}
      {submit.error instanceof Problem && submit.error.status === 412 ? <Text size="sm">{t`The group changed meanwhile. Save again.`}</Text> : <FormError error={submit.error} />}
    </>
  );
}

/** `+ smart: 15 teams gain it. − fast: 15 teams lose it.` */
function effectOf(added: string[], removed: string[], teams: number): string {
  const parts: string[] = [];
  const [more, less] = [listed(added), listed(removed)];
  if (added.length === 1) parts.push(plural(teams, '+ {0}: # team gains it.', '+ {0}: # teams gain it.', more));
  if (added.length > 1) parts.push(plural(teams, '+ {0}: # team gains them.', '+ {0}: # teams gain them.', more));
  if (removed.length === 1) parts.push(plural(teams, '− {0}: # team loses it, unless another group has it.', '− {0}: # teams lose it, unless another group has it.', less));
  if (removed.length > 1) parts.push(plural(teams, '− {0}: # team loses them, unless another group has them.', '− {0}: # teams lose them, unless another group has them.', less));
  return parts.join(' ');
}

function Inside({ entries, added, pending, onRemove }: { entries: Entry[]; added: Map<string, Entry>; pending: boolean; onRemove?: (entry: Entry) => void }) {
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = entries.filter((one) => one.alias.toLowerCase().includes(wanted) || one.litellm_model.toLowerCase().includes(wanted));
  const { first, more } = useFirst(shown);
  return (
    <Pane title={t`Aliases in this group (${count(entries.length)})`} text={text} setText={setText} label={t`Filter aliases in this group`} none={entries.length === 0 ? t`Nothing yet: teams with this group can call nothing through it.` : shown.length === 0 ? t`None of them matches.` : null}>
      {first.map((entry) => (
        <Line key={entry.alias} entry={entry} isNew={added.has(entry.alias)} pending={pending}>
          {onRemove && (
            <ActionIcon variant="default" size={28} aria-label={t`Remove ${entry.alias}`} onClick={() => onRemove(entry)}>
              <IconMinus size={15} />
            </ActionIcon>
          )}
        </Line>
      ))}
      {more && <li className="line">{more}</li>}
    </Pane>
  );
}

function Outside({ inside, pending, onAdd }: { inside: Set<string>; pending: boolean; onAdd: (entry: Entry) => void }) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const found = useInfiniteQuery({
    queryKey: ['aliases', 'outside', q],
    queryFn: ({ pageParam }) => readAliases({ q: q || undefined }, AT_ONCE, pageParam),
    initialPageParam: 0,
    getNextPageParam: ({ rows, total }, _, offset) => (rows.length > 0 && offset + rows.length < total ? offset + rows.length : undefined),
    placeholderData: keepPreviousData,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = found;
  const outside = (data?.pages ?? []).flatMap((page) => page.rows).filter((one) => !inside.has(one.alias));
  const shown = outside.slice(0, SHOWN);
  // Members fill the first pages of a large group.
  const wantsMore = outside.length < SHOWN && hasNextPage && !isFetching && !found.error;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);
  return (
    <Pane title={t`Not in this group`} text={text} setText={setText} label={t`Search aliases not in this group`} none={data && shown.length === 0 && !hasNextPage ? (q ? t`No other alias matches.` : t`Every alias is in this group.`) : null}>
      {found.error && (
        <li>
          <LoadError what={t`other aliases`} error={found.error} onRetry={() => void found.refetch()} />
        </li>
      )}
      {shown.map((entry) => (
        <Line key={entry.alias} entry={entry} pending={pending}>
          <ActionIcon variant="default" size={28} aria-label={t`Add ${entry.alias}`} onClick={() => onAdd(entry)}>
            <IconPlus size={15} />
          </ActionIcon>
        </Line>
      ))}
    </Pane>
  );
}

function Pane({ title, text, setText, label, none, children }: { title: string; text: string; setText: (text: string) => void; label: string; none: string | null; children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="filters">
        <Text fw={650} component="h2" m={0} size="sm" style={{ flex: 1 }}>
          {title}
        </Text>
        <TextInput size="xs" type="search" placeholder={t`Filter`} aria-label={label} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </div>
      <ul className="list-plain pane-list" tabIndex={0} aria-label={title}>
        {children}
        {none && <li className="line dim">{none}</li>}
      </ul>
    </section>
  );
}

/** `pending`: what is not saved yet stays on this page, so links lead to another tab. */
function Line({ entry, isNew, pending, children }: { entry: Entry; isNew?: boolean; pending: boolean; children: ReactNode }) {
  return (
    <li className="line">
      <span style={{ minWidth: 0 }}>
        <Link className="row-link mono" to={aliasPath(entry.alias)} target={pending ? '_blank' : undefined}>
          {entry.alias}
        </Link>
        {isNew && <span className="new-mark"> {t`new`}</span>}
        {!entry.active && <span className="dim"> {t`disabled`}</span>}
        <span className="second-line one-line">{entry.litellm_model}</span>
      </span>
      {children}
    </li>
  );
}
