// The field for `provider/model-name`: suggestions from the catalogue, and what is known of what was entered.
import { Autocomplete, Group, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';

import type { CatalogModel } from '../../api/types';
import { price, tokens } from '../../elements/format';
import { ProviderMark } from '../../elements/provider-mark';
import { t } from '../../words';
import { describe, useCatalogModel } from './catalog-model';

interface Props {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  error?: string;
  label?: string;
  autoFocus?: boolean;
  id?: string;
}

export function TargetField({ value, onChange, onBlur, error, label = t`LiteLLM Model`, autoFocus, id = 'alias-litellm_model' }: Props) {
  const [typed] = useDebouncedValue(value.trim(), 200);
  const models = useCatalogModel(typed).data ?? [];
  const known = models.find((one) => one.model === value.trim());
  const byName = new Map(models.map((one) => [one.model, one]));
  return (
    <div>
      <Autocomplete
        id={id}
        label={label}
        description={t`provider/model-name`}
        placeholder="openai/gpt-4"
        required
        data-autofocus={autoFocus || undefined}
        value={value}
        onChange={onChange}
        onBlur={onBlur}
        error={error}
        data={models.map((one) => one.model)}
        filter={({ options }) => options}
        maxDropdownHeight={260}
        spellCheck={false}
        autoComplete="off"
        renderOption={({ option }) => <Suggestion model={byName.get(option.value)} name={option.value} />}
        classNames={{ input: 'mono' }}
      />
      {!error && <Known target={value.trim()} model={known} settled={typed === value.trim()} />}
    </div>
  );
}

function Suggestion({ model, name }: { model: CatalogModel | undefined; name: string }) {
  return (
    <Group justify="space-between" w="100%" gap="xs" wrap="nowrap">
      <span className="marked">
        <ProviderMark model={name} />
        <span className="mono break">{name}</span>
      </span>
      <Text size="xs" c="dimmed" className="number" style={{ whiteSpace: 'nowrap' }}>
        {model?.max_input_tokens ? `${tokens(model.max_input_tokens)} · ` : ''}
        {model?.prices ? `${price(model.prices.input)} / ${price(model.prices.output)}` : t`no price`}
      </Text>
    </Group>
  );
}

function Known({ target, model, settled }: { target: string; model: CatalogModel | undefined; settled: boolean }) {
  const slash = target.indexOf('/');
  if (slash < 1 || slash === target.length - 1) return null;
  const parts = (
    <>
      {t`provider ${<b>{target.slice(0, slash)}</b>} · model ${<b className="break">{target.slice(slash + 1)}</b>}`}
    </>
  );
  return (
    <Text size="xs" mt={5} c="dimmed" role="status">
      {parts}
      {model && <> · {describe(model)}</>}
      {!model && settled && <span style={{ color: 'var(--alias-warn)' }}> {t`· not in the catalog: allowed, its price is unknown`}</span>}
    </Text>
  );
}
