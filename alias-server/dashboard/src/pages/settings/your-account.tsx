// One's own account: who one is, and another password.
import { PasswordInput, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api, setCsrf } from '../../api/client';
import { BusyButton } from '../../elements/busy-button';
import { FormError } from '../../elements/form-error';
import { done } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { useSubmit } from '../../elements/use-submit';
import { useSession } from '../../session/session';
import { t } from '../../words';

export function YourAccount() {
  const client = useQueryClient();
  const { me } = useSession();
  const [before, setBefore] = useState('');
  const [after, setAfter] = useState('');
  const submit = useSubmit(async () => {
    const again = await answer(api.POST('/api/admin-users/password', { body: { current_password: before, password: after } }));
    setCsrf(again.csrf_token);
    setBefore('');
    setAfter('');
    done(t`The password was changed; other sessions have ended`);
    await client.invalidateQueries({ queryKey: ['me'] });
  });
  if (me.user?.sign_in !== 'password') {
    return (
      <Panel title={t`Your account`}>
        <Text size="sm">
          {t`${me.name}, ${me.role}. You sign in through your identity provider, which has your password.`}
        </Text>
      </Panel>
    );
  }
  return (
    <Panel title={t`Your account`}>
      <Text size="sm" mb="md">
        {me.name}, {me.role}
      </Text>
      <form onSubmit={submit.onSubmit}>
        <Stack maw={420}>
          <FormError error={submit.error} />
          <PasswordInput label={t`Current password`} autoComplete="current-password" required value={before} error={submit.of('current_password')} onChange={(event) => setBefore(event.currentTarget.value)} />
          <PasswordInput label={t`New password`} description={t`12 to 128 characters`} autoComplete="new-password" required value={after} error={submit.of('password')} onChange={(event) => setAfter(event.currentTarget.value)} />
          <BusyButton type="submit" busy={submit.busy} style={{ alignSelf: 'flex-start' }}>
            {t`Change password`}
          </BusyButton>
        </Stack>
      </form>
    </Panel>
  );
}
