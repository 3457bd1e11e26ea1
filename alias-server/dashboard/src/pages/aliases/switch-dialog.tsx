// Switching the provider behind an alias, without any change for its clients: from, to, what differs, and a way back.
import { Alert, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';

import { ifMatch } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Alias } from '../../api/types';
import { price } from '../../elements/format';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { ManagedNote } from '../../elements/managed';
import { MomentField, momentOf } from '../../elements/moment-field';
import { Modal } from '../../elements/overlays';
import { plural, t } from '../../words';
import { useCatalogModel } from './catalog-model';
import { useImpact } from './impact';
import { aliasesChanged, fetchAlias, undoTo, updateAlias, useTeamsOf, writePath } from './queries';
import { Differences, Lately } from './switch-differences';
import { ALL, type Share, ShareField, splitWith } from './switch-share';
import { TargetField } from './target-field';
import { Trial } from './trial';
import { useAnnounce } from './use-announce';

export function SwitchDialog({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const client = useQueryClient();
  const [read, setRead] = useState(alias);
  const [target, setTarget] = useState('');
  const [part, setPart] = useState<Share>({ share: ALL, guardrails: null });
  const { share } = part;
  const announce = useAnnounce(alias.alias);
  const [moment, setMoment] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [settled] = useDebouncedValue(target.trim(), 300);
  const teams = useTeamsOf(read);
  const impact = useImpact(read, { action: 'switch', litellm_model: settled }, /^[^/]+\/./.test(settled) && settled !== read.litellm_model);
  const shown = settled === target.trim() ? impact.data : undefined;
  const from = useCatalogModel(read.litellm_model).data?.find((one) => one.model === read.litellm_model);
  const to = useCatalogModel(target.trim()).data?.find((one) => one.model === target.trim());
  const refused = error instanceof Problem ? error.of('litellm_model') : undefined;

  const whole = share === ALL;
  const body = whole ? { litellm_model: target.trim() } : { split: splitWith(read, target.trim(), part) };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const how = { reason: reason || undefined, token: whole ? shown?.impact_token : undefined, at: momentOf(moment) };
      const said = await updateAlias(read, body, how);
      const message = whole ? t`${read.alias} now points to ${target.trim()}` : t`${share} % of the callers of ${read.alias} go to ${target.trim()}`;
      announce(said, how.at, how.at && whole ? t`${read.alias} points to ${target.trim()}` : message, () => undoTo(read, said));
      await aliasesChanged(client);
      onClose();
    } catch (why) {
      setError(why);
      // What somebody else did meanwhile is shown, and counts when it is tried again.
      void impact.refetch();
      if (why instanceof Problem && why.status === 412) setRead(await fetchAlias(read.alias));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t`Switch provider of ${read.alias}`} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <FormError error={refused ? null : error} />
          <ManagedNote by={read.managed_by} />
          <div>
            <Text size="sm" fw={600}>
              {t`From`}
            </Text>
            <Text className="mono break">{read.litellm_model}</Text>
          </div>
          <TargetField value={target} onChange={setTarget} label={t`To`} error={refused} autoFocus />
          {target.includes('/') && <Differences from={from} to={to} />}
          {shown?.switch && <Lately of={shown.switch} />}
          {target.includes('/') && <Trial alias={read.alias} target={target.trim()} />}
          <Text size="sm">
            {share < ALL
              ? t`A caller is a key: each is placed once, on every server alike. Its answers still carry the alias.`
              : teams.data
              ? plural(teams.data.length, '# team can use {0}. Their next call goes to the new target; they change nothing.', '# teams can use {0}. Their next call goes to the new target; they change nothing.', read.alias)
              : t`Their next call goes to the new target; clients change nothing.`}
          </Text>
          {(read.pricing_source === 'alias' || read.pricing_source === 'free') && (
            <Alert variant="outline" color="yellow" p="xs">
              <Text size="sm">{t`The price of this alias was set by hand and stays: ${price(read.pricing_input)} / ${price(read.pricing_output)} per 1M tokens.`}</Text>
            </Alert>
          )}
          <ShareField alias={read} target={target.trim()} value={part} onChange={setPart} error={error} />
          <MomentField value={moment} onChange={setMoment} error={error instanceof Problem ? error.of('effective_at') : undefined} />
          <TextInput label={t`Reason`} description={t`For the activity log`} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={moment ? t`Schedule the switch` : t`Switch provider`} busy={busy} disabled={!target.includes('/') || target.trim() === read.litellm_model} onCancel={onClose} curl={() => ({ method: 'PUT', path: writePath(read.alias, '', momentOf(moment)), body, headers: { ...ifMatch(read.version), 'x-alias-reason': reason } })} />
        </Stack>
      </form>
    </Modal>
  );
}
