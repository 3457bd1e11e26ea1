// Choosing one of more than a list can hold: the server searches what is typed.
import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { UseQueryResult } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import type { Choice } from './filters';

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange' | 'searchable' | 'filter'> {
  value: string;
  /** Empty where nothing is chosen. */
  onChange: (value: string) => void;
  useFound: (search: string) => UseQueryResult<Choice[]>;
  /** What is said where they could not be read. */
  failure: string;
}

export function FoundSelect({ value, onChange, useFound, failure, error, ...rest }: Props) {
  const [text, setText] = useState('');
  const [typed] = useDebouncedValue(text, 200);
  const labels = useRef(new Map<string, string>());
  const label = labels.current.get(value) ?? value;
  // The field holds the label of what is chosen: that is no search.
  const found = useFound(typed === label ? '' : typed);
  for (const one of found.data ?? []) labels.current.set(one.value, one.label);
  const choices = found.data ?? [];
  // What is chosen is shown also where it is not among those that were found.
  const all = !value || choices.some((one) => one.value === value) ? choices : [{ value, label: labels.current.get(value) ?? value }, ...choices];
  return <Select {...rest} searchable data={all} value={value || null} searchValue={text} onSearchChange={setText} filter={({ options }) => options} onChange={(next) => onChange(next ?? '')} error={error ?? (found.error ? failure : undefined)} />;
}
