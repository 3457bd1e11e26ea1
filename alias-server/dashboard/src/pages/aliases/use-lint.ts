// What the server says of a draft while it is being typed: the rules are its own.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import type { AliasDraft, Warning } from '../../api/types';
import { price } from '../../elements/format';
import { t } from '../../words';

export interface Lint {
  error: (field: string) => string | undefined;
  warnings: Warning[];
  /** An alias that has this name already. */
  taken: string | null;
  /** The name is free and valid. */
  available: boolean;
}

export function useLint(draft: Pick<AliasDraft, 'alias' | 'litellm_model' | 'description'>, isNew: boolean): Lint {
  const [text] = useDebouncedValue(JSON.stringify(draft), 300);
  const settled = JSON.parse(text) as typeof draft;
  const said = useQuery({
    queryKey: ['validate', settled],
    queryFn: () => answer(api.POST('/api/model-aliases/validate', { body: settled })),
    enabled: settled.alias !== '' || settled.litellm_model !== '',
    placeholderData: keepPreviousData,
  });
  const named = useQuery({
    queryKey: ['alias-named', settled.alias.toLowerCase()],
    queryFn: async () => {
      try {
        return (await answer(api.GET('/api/model-aliases/by-name', { params: { query: { alias: settled.alias } } }))).alias;
      } catch (why) {
        // What no alias can be called is none either; that it cannot is said by the rules.
        if (why instanceof Problem && why.status < 500) return null;
        throw why;
      }
    },
    enabled: isNew && settled.alias !== '',
  });
  const error = (field: string) => {
    const value = field === 'alias' ? settled.alias : settled.litellm_model;
    if (value === '') return undefined;
    const found = said.data?.errors.find((one) => one.field === field);
    if (!found) return undefined;
    return found.suggestion ? t`${found.message}. Did you mean ${found.suggestion}?` : found.message;
  };
  const taken = isNew ? (named.data ?? null) : null;
  return {
    error,
    warnings: said.data?.warnings ?? [],
    taken,
    available: isNew && settled.alias !== '' && named.isSuccess && !taken && said.isSuccess && !error('alias') && settled.alias === draft.alias,
  };
}

/** `$30 / $60 per 1M`, or that it is not known. */
export function priceLine(input: number | null | undefined, output: number | null | undefined): string {
  if (input == null && output == null) return t`unknown`;
  return t`${price(input)} / ${price(output)} per 1M tokens`;
}
