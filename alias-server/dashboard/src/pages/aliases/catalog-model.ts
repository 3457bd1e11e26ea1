// What the catalogue knows of a model, and of those whose names are like it.
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { CatalogModel } from '../../api/types';
import { count, price } from '../../elements/format';
import { t } from '../../words';

const SUGGESTED = 20;

export function useCatalogModel(model: string) {
  return useQuery({
    queryKey: ['catalog-search', model],
    queryFn: async () => (await answer(api.GET('/api/catalog/models', { params: { query: { q: model, limit: SUGGESTED } } }))).models,
    enabled: model.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** `8,192 tokens of context · $30 / $60 per 1M tokens`. */
export function describe(model: CatalogModel): string {
  const parts = [
    model.max_input_tokens ? t`${count(model.max_input_tokens)} tokens of context` : null,
    model.prices ? t`${price(model.prices.input)} / ${price(model.prices.output)} per 1M tokens` : t`price unknown`,
    model.deprecation_date ? t`retires ${model.deprecation_date}` : null,
  ];
  return parts.filter(Boolean).join(' · ');
}
