// The access groups of an alias that is being made: those that there are, or a new one.
import { MultiSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import { done, failed } from '../../elements/notices';
import { useOnce } from '../../elements/use-once';
import { t } from '../../words';
import { groupsChanged } from '../groups/queries';
import { groupsFault, useGroupNames } from './queries';

/** No group can be called so. */
const NEW = '+';

interface Props {
  id: string;
  value: string[];
  onChange: (value: string[]) => void;
  error?: string;
}

export function GroupsField({ id, value, onChange, error }: Props) {
  const client = useQueryClient();
  const groups = useGroupNames();
  const once = useOnce();
  const [text, setText] = useState('');
  const names = [...new Set([...(groups.data ?? []).map((group) => group.group_name), ...value])];
  const wanted = text.trim();
  const isNew = groups.isSuccess && wanted !== '' && !names.some((name) => name.toLowerCase() === wanted.toLowerCase());
  const create = async () => {
    const body = { group_name: wanted };
    try {
      await once(body, (header) => answer(api.POST('/api/model-access-groups/create', { params: { header }, body })));
      done(t`Created ${wanted}. No team has it yet`);
      setText('');
      onChange([...value, wanted]);
      await groupsChanged(client);
    } catch (why) {
      failed(t`Creating ${wanted}`, why);
    }
  };
  return (
    <MultiSelect
      id={id}
      label={t`Add to`}
      placeholder={t`Search groups`}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t`Clear groups` }}
      limit={50}
      data={isNew ? [...names, { value: NEW, label: t`Create access group ${wanted}` }] : names}
      value={value}
      searchValue={text}
      onSearchChange={setText}
      error={error ?? groupsFault(groups)}
      onChange={(chosen) => (chosen.includes(NEW) ? void create() : onChange(chosen))}
      nothingFoundMessage={t`No such group`}
    />
  );
}
