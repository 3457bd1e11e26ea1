// Sending the form of an alias: created, or changed against what was read; where somebody else was faster, field by field.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Alias, AliasEdit } from '../../api/types';
import { done, undoable } from '../../elements/notices';
import { useOnce } from '../../elements/use-once';
import { t } from '../../words';
import { type AliasFields, BLANK, draftOf, editOf, fieldsOf } from './alias-fields';
import { aliasesChanged, fetchAlias, undoTo, updateAlias } from './queries';

const isOutdated = (why: unknown) => why instanceof Problem && why.status === 412;

export function useAliasSave(editing: Alias | undefined, start: Partial<AliasFields> | undefined, onClose: () => void) {
  const client = useQueryClient();
  const [read, setRead] = useState(editing);
  const before = read ? fieldsOf(read) : { ...BLANK, ...start };
  const [fields, setFields] = useState(before);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const once = useOnce();
  /** For the activity log. */
  const [reason, setReason] = useState('');
  /** What somebody else made of it meanwhile. */
  const [theirs, setTheirs] = useState<Alias | null>(null);

  const changed = async (from: Alias, body: AliasEdit) => {
    const made = await updateAlias(from, body, { reason: reason || undefined });
    undoable(t`Saved ${from.alias}`, async () => {
      await undoTo(from, made);
      await aliasesChanged(client);
    });
  };
  const created = async () => {
    const body = draftOf(fields);
    await once(body, (header) => answer(api.POST('/api/model-aliases/create', { params: { header }, body })));
    done(t`Created ${fields.alias.trim()}. Alias is ready to use`);
  };
  const sent = async (send: () => Promise<unknown>, refused: (why: unknown) => Promise<void>, onSaved = onClose) => {
    setBusy(true);
    setError(null);
    try {
      await send();
      await aliasesChanged(client);
      onSaved();
    } catch (why) {
      await refused(why);
    } finally {
      setBusy(false);
    }
  };
  const save = (another = false) =>
    sent(
      () => (read ? changed(read, editOf(before, fields)) : created()),
      async (why) => {
        if (read && isOutdated(why)) setTheirs(await fetchAlias(read.alias));
        else setError(why);
      },
      another ? () => setFields({ ...BLANK }) : onClose,
    );
  /** Only the fields of `mine` are changed; the others are as they are now. */
  const merge = async (mine: Set<string>) => {
    if (!theirs) return;
    const body = Object.fromEntries(Object.entries(editOf(before, fields)).filter(([name]) => mine.has(name)));
    await sent(
      async () => (Object.keys(body).length > 0 ? changed(theirs, body) : done(t`${theirs.alias} is as they saved it`)),
      async (why) => {
        setTheirs(isOutdated(why) ? await fetchAlias(theirs.alias) : null);
        if (!isOutdated(why)) setError(why);
      },
    );
  };
  /** What was changed here stays in the form; everything else is as they left it. */
  const backToForm = () => {
    if (!theirs) return;
    const mine = Object.keys(editOf(before, fields)) as (keyof AliasFields)[];
    setFields({ ...fieldsOf(theirs), ...Object.fromEntries(mine.map((name) => [name, fields[name]])) });
    setRead(theirs);
    setTheirs(null);
  };
  const set = <K extends keyof AliasFields>(name: K, value: AliasFields[K]) => setFields((now) => ({ ...now, [name]: value }));
  const refused = (name: string) => (error instanceof Problem ? error.of(name) : undefined);
  return { read, before, fields, set, reason, setReason, error, refused, busy, theirs, save, merge, backToForm };
}
