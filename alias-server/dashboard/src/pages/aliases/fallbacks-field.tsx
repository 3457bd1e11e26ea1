// Where a call goes on when its target fails, in this order.
import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';

import type { Fallback } from '../../api/types';
import { t } from '../../words';
import { useCatalogModel } from './catalog-model';

const MOST = 8;

interface Props {
  value: Fallback[];
  onChange: (value: Fallback[]) => void;
  error?: string;
}

/** A fallback keeps the conditions that it has; a new one has those of the server. */
export function FallbacksField({ value, onChange, error }: Props) {
  const [text, setText] = useState('');
  const [typed] = useDebouncedValue(text.trim(), 200);
  const known = useCatalogModel(typed).data ?? [];
  const kept = new Map(value.map((one) => [one.litellm_model, one]));
  return (
    <TagsInput
      id="alias-fallbacks"
      label={t`Where its target fails, then`}
      description={t`provider/model-name, Enter to add; tried in this order, each at most once`}
      placeholder={value.length === 0 ? 'anthropic/claude-3-opus-20240229' : undefined}
      maxTags={MOST}
      data={known.map((model) => model.model)}
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      value={value.map((one) => one.litellm_model)}
      onChange={(names) => onChange(names.map((name) => kept.get(name) ?? { litellm_model: name }))}
      error={error}
      classNames={{ input: 'mono' }}
    />
  );
}
