// Deprecating an alias: until when it is served, what takes its place, and who still calls it.
import { Select, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ifMatch } from '../../api/client';
import type { Alias, Deprecation } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { exactTime } from '../../elements/format';
import { fieldOf, keptMoment, MOMENT } from '../../elements/moment-field';
import { Modal } from '../../elements/overlays';
import { useSubmit } from '../../elements/use-submit';
import { t } from '../../words';
import { BrownoutsField, type Window, windowsOf } from './brownouts-field';
import { CallersLine } from './callers';
import { aliasesChanged, deprecateAlias, undeprecateAlias, undoTo } from './queries';
import { SuccessorField } from './successor-field';
import { useAnnounce } from './use-announce';

const ENDS = [
  { value: 'block', label: t`Refuse calls, and name the successor` },
  { value: 'redirect', label: t`Send calls where the successor’s go` },
  { value: 'keep', label: t`Serve calls as before` },
];

export function DeprecateDialog({ alias, onClose }: { alias: Alias; onClose: () => void }) {
  const client = useQueryClient();
  const announce = useAnnounce(alias.alias);
  const told: Partial<Deprecation> = alias.deprecation ?? {};
  const [sunset, setSunset] = useState(fieldOf(told.sunset_at));
  const [replacement, setReplacement] = useState(told.replacement ?? '');
  const [ends, setEnds] = useState<string>(told.at_sunset ?? 'block');
  const [message, setMessage] = useState(told.message ?? '');
  const [windows, setWindows] = useState<Window[]>((told.brownouts ?? []).map((one) => ({ start: fieldOf(one.starts_at), end: fieldOf(one.ends_at), read: one })));
  const [reason, setReason] = useState('');
  const brownouts = windowsOf(windows);
  const body = {
    sunset_at: keptMoment(sunset, told.sunset_at) ?? null,
    replacement: replacement || null,
    at_sunset: ends as Deprecation['at_sunset'],
    message: message || null,
    brownouts,
    ...(reason ? { reason } : {}),
  };
  const submit = useSubmit(async () => {
    const said = await deprecateAlias(alias, body);
    const back = () => (alias.deprecation ? undoTo(alias, said) : undeprecateAlias(alias.alias));
    announce(said, undefined, t`Deprecated ${alias.alias}`, back);
    await aliasesChanged(client);
    onClose();
  });
  const curl = () => ({
    method: 'POST',
    path: `/api/model-aliases/${encodeURIComponent(alias.alias)}/deprecate`,
    body,
    headers: ifMatch(alias.version),
    cli: aliasctl(['alias', 'deprecate', alias.alias], {
      '--sunset': body.sunset_at,
      '--replacement': replacement,
      '--message': message,
      '--at-sunset': ends === 'block' ? null : ends,
      '--brownout': brownouts.map((one) => `${one.starts_at}/${one.ends_at}`),
    }),
  });
  const at = body.sunset_at;
  return (
    <Modal opened onClose={onClose} title={t`Deprecate ${alias.alias}`} size="lg">
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack gap="sm">
          <FormError error={submit.error} />
          <Text size="sm">{t`Calls are served as before, and every answer says that they should go elsewhere.`}</Text>
          <CallersLine alias={alias.alias} />
          <TextInput {...MOMENT} label={t`Sunset`} description={at ? exactTime(at) : t`When its time is over; empty is never by itself`} data-autofocus value={sunset} error={submit.of('sunset_at') ?? submit.of('deprecation')} onChange={(event) => setSunset(event.currentTarget.value)} />
          <SuccessorField of={alias.alias} value={replacement} onChange={setReplacement} error={submit.of('replacement')} />
          <Select label={t`At the sunset`} data={ENDS} value={ends} allowDeselect={false} error={submit.of('at_sunset')} onChange={(value) => setEnds(value ?? 'block')} />
          <TextInput label={t`Message`} description={t`Told to callers besides, in the refusal: one line`} placeholder={t`Prompts need no change.`} maxLength={200} value={message} error={submit.of('message')} onChange={(event) => setMessage(event.currentTarget.value)} />
          <BrownoutsField value={windows} onChange={setWindows} error={submit.of('brownouts')} />
          <TextInput label={t`Reason`} description={t`For the activity log`} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <FormButtons submit={t`Deprecate alias`} busy={submit.busy} onCancel={onClose} curl={curl} />
        </Stack>
      </form>
    </Modal>
  );
}
