// Choosing several aliases among many: the server searches.
import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { t } from '../../words';
import { readAliases } from '../aliases/list-query';

const SHOWN = 50;

interface Props {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  error?: string;
  description?: string;
  id?: string;
}

export function AliasPicker({ label, value, onChange, error, description, id }: Props) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({ queryKey: ['aliases', 'picker', q], queryFn: () => readAliases({ q: q || undefined }, SHOWN, 0), placeholderData: keepPreviousData });
  const names = [...new Set([...value, ...(found.data?.rows.map((row) => row.alias) ?? [])])];
  return (
    <MultiSelect
      id={id}
      label={label}
      description={description}
      placeholder={t`Search aliases`}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t`Clear aliases` }}
      hidePickedOptions
      data={names}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      error={error ?? (found.error ? t`The aliases could not be searched` : undefined)}
      nothingFoundMessage={found.isFetching ? t`Searching…` : t`No such alias`}
    />
  );
}
