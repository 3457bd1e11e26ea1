// The fields of the form of an alias that do more than hold a text.
import { Alert, Anchor, Group, List, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { IconBulb, IconCheck } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Alias } from '../../api/types';
import { type Fold, Folds } from '../../elements/folds';
import { plural, t } from '../../words';
import type { AliasFields } from './alias-fields';
import { FallbacksField } from './fallbacks-field';
import { GroupsField } from './groups-field';
import { priceLine, type useLint } from './use-lint';

export type Setter = <K extends keyof AliasFields>(name: K, value: AliasFields[K]) => void;

export function NameField({ fields, set, lint, refused, fixed }: { fields: AliasFields; set: Setter; lint: ReturnType<typeof useLint>; refused?: string; fixed: boolean }) {
  if (fixed) return <TextInput label={t`Alias`} value={fields.alias} readOnly description={t`Clients write this name. It cannot be edited.`} classNames={{ input: 'mono' }} />;
  const taken = lint.taken && (
    <>
      {t`Taken. ${<Anchor component={Link} inherit underline="always" target="_blank" to={`/aliases/${encodeURIComponent(lint.taken)}`}>
        {t`Open ${lint.taken}`}
      </Anchor>}`}
    </>
  );
  return (
    <TextInput
      id="alias-alias"
      label={t`Alias`}
      description={t`Clients write model="${fields.alias || 'smart'}"`}
      placeholder="smart"
      required
      data-autofocus
      spellCheck={false}
      autoComplete="off"
      value={fields.alias}
      error={taken || refused || lint.error('alias')}
      onChange={(event) => set('alias', event.currentTarget.value)}
      rightSectionWidth={96}
      rightSection={
        lint.available ? (
          <Group gap={4} c="var(--alias-good)" role="status">
            <IconCheck size={14} aria-hidden />
            <Text size="xs">{t`available`}</Text>
          </Group>
        ) : null
      }
      classNames={{ input: 'mono' }}
    />
  );
}

export function Hints({ lint }: { lint: ReturnType<typeof useLint> }) {
  if (lint.warnings.length === 0) return null;
  return (
    <Alert variant="outline" color="yellow" icon={<IconBulb size={18} />} title={t`Good to know`} role="status" styles={{ title: { color: 'var(--mantine-color-text)' } }}>
      <List size="sm">
        {lint.warnings.map((warning) => (
          <List.Item key={warning.code}>{warning.message}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

interface FoldedProps {
  fields: AliasFields;
  set: Setter;
  /** Why the whole was refused, and what is wrong with one field. */
  error: unknown;
  refused: (name: string) => string | undefined;
  editing?: Alias;
}

export function Folded({ fields, set, error, refused, editing }: FoldedProps) {
  const own = fields.pricing_input !== null || fields.pricing_output !== null;
  const numberOf = (value: string | number) => (value === '' ? null : Number(value));
  const priceNote = own ? t`${priceLine(fields.pricing_input, fields.pricing_output)}, set here` : editing?.pricing_source === 'catalog' ? t`${priceLine(editing.pricing_input, editing.pricing_output)}, from the catalog` : t`from the catalog`;
  const reach = fields.access_groups.length === 0 ? t`none: no team can use it yet` : plural(fields.access_groups.length, '# group', '# groups');
  const prices = (
    <Group grow align="flex-start">
      <NumberInput id="alias-pricing_input" label={t`Input`} description={t`USD per 1M tokens`} placeholder={t`from the catalog`} min={0} decimalScale={6} prefix="$" value={fields.pricing_input ?? ''} error={refused('pricing_input')} onChange={(value) => set('pricing_input', numberOf(value))} />
      <NumberInput id="alias-pricing_output" label={t`Output`} description={t`USD per 1M tokens`} placeholder={t`from the catalog`} min={0} decimalScale={6} prefix="$" value={fields.pricing_output ?? ''} error={refused('pricing_output')} onChange={(value) => set('pricing_output', numberOf(value))} />
    </Group>
  );
  const access = (
    <GroupsField id="alias-access_groups" value={fields.access_groups} error={refused('access_groups')} onChange={(value) => set('access_groups', value)} />
  );
  const more = (
    <>
      <TextInput id="alias-display_name" label={t`Display name`} placeholder={fields.alias} value={fields.display_name} error={refused('display_name')} onChange={(event) => set('display_name', event.currentTarget.value)} />
      <TagsInput id="alias-tags" label={t`Tags`} placeholder={t`Enter to add`} value={fields.tags} error={refused('tags')} onChange={(value) => set('tags', value)} />
      <Select label={t`Visibility`} description={t`A hidden alias can be called by who was granted it, and is in no list`} data={[{ value: 'listed', label: t`Listed` }, { value: 'hidden', label: t`Hidden` }]} allowDeselect={false} value={fields.visibility} error={refused('visibility')} onChange={(value) => set('visibility', value ?? 'listed')} />
    </>
  );
  const folds: Fold[] = [
    { value: 'pricing', label: t`Pricing`, note: priceNote, fields: ['pricing', 'pricing_input', 'pricing_output'], content: prices },
    ...(editing ? [] : [{ value: 'access', label: t`Access groups`, note: reach, fields: ['access_groups'], content: access }]),
    {
      value: 'fallbacks',
      label: t`Fallbacks`,
      note: fields.fallbacks.length === 0 ? t`none: a failed call fails` : fields.fallbacks.map((one) => one.litellm_model).join(', '),
      fields: ['fallbacks'],
      content: <FallbacksField value={fields.fallbacks} onChange={(value) => set('fallbacks', value)} error={refused('fallbacks')} />,
    },
    { value: 'more', label: t`More`, note: t`display name, tags, visibility`, fields: ['display_name', 'tags', 'visibility'], content: more },
  ];
  return <Folds error={error} folds={folds} />;
}
