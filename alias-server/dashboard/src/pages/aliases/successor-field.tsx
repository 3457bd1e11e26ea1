// An alias by its name, chosen among those that there are: what takes the place of another, or what a notice is about.
import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';

import { t } from '../../words';
import { readAliases } from './list-query';

const SHOWN = 20;

interface Props {
  /** The alias that it is not. */
  of: string;
  value: string;
  onChange: (value: string) => void;
  error?: string;
  label?: string;
  description?: string;
}

export function SuccessorField({ of, value, onChange, error, label = t`Successor`, description = t`The alias to use in its place` }: Props) {
  const [q] = useDebouncedValue(value.trim(), 200);
  const found = useQuery({
    queryKey: ['aliases', 'successors', q],
    queryFn: async ({ signal }) => (await readAliases({ q: q || undefined, active: true }, SHOWN, 0, signal)).rows.map((one) => one.alias),
    placeholderData: (before) => before,
  });
  const choices = (found.data ?? []).filter((name) => name !== of);
  return <Autocomplete label={label} description={description} placeholder="smart" data={choices} value={value} error={error} openOnFocus={false} onChange={onChange} classNames={{ input: 'mono' }} />;
}
