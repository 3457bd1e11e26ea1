// Signing in: with a password, through an identity provider, or with an admin key; and making the first owner.
import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';

import { answer, api, setAdminKey, setCsrf } from '../api/client';
import { Problem } from '../api/problem';
import { BusyButton } from '../elements/busy-button';
import { FormError } from '../elements/form-error';
import { LoadError } from '../elements/load-error';
import { Modal } from '../elements/overlays';
import { Mark } from '../shell/mark';
import { usePageTitle } from '../shell/page-title';
import { t } from '../words';

type Done = () => Promise<void>;

const useSetupStatus = () =>
  useQuery({
    queryKey: ['setup-status'],
    queryFn: () => answer(api.GET('/api/admin-users/setup/status')),
    retry: false,
  });

export function SignIn({ onDone }: { onDone: Done }) {
  usePageTitle(t`Sign in`);
  const setup = useSetupStatus();
  return (
    <main style={{ minHeight: '100dvh', display: 'grid', placeItems: 'center', padding: 16 }}>
      <div className="panel" style={{ width: '100%', maxWidth: 420, padding: 28 }}>
        <Stack gap="lg">
          <div className="brand" style={{ padding: 0 }}>
            <Mark /> Model Aliases
          </div>
          {setup.data?.setup_needed ? (
            <SetUp onDone={onDone} />
          ) : setup.isPending ? null : (
            <Ways onDone={onDone} singleSignOn={setup.data?.single_sign_on ?? false} />
          )}
          {setup.error && <LoadError what={t`the ways to sign in`} error={setup.error} onRetry={() => void setup.refetch()} />}
        </Stack>
      </div>
    </main>
  );
}

/** The session ended while a page is open: the page stays as it is behind this. */
export function SignInAgain({ onDone }: { onDone: Done }) {
  const setup = useSetupStatus();
  return (
    <Modal opened zIndex={500} onClose={() => undefined} withCloseButton={false} title={t`Your session has ended`} closeOnEscape={false} closeOnClickOutside={false}>
      <Text size="sm" mb="md">
        {t`Sign in again to go on where you were. What you entered is kept.`}
      </Text>
      <Ways onDone={onDone} singleSignOn={setup.data?.single_sign_on ?? false} again />
    </Modal>
  );
}

/** `again`: over a page, which single sign-on must not take the place of. */
function Ways({ onDone, singleSignOn, again = false }: { onDone: Done; singleSignOn: boolean; again?: boolean }) {
  const [withKey, setWithKey] = useState(false);
  return (
    <Stack gap="md">
      <Title order={1} size="h3">
        {t`Sign in`}
      </Title>
      {singleSignOn && (
        <>
          <Button component="a" href="/api/admin-users/oidc/login" variant="default" target={again ? '_blank' : undefined}>
            {again ? t`Single sign-on in another tab` : t`Continue with single sign-on`}
          </Button>
          {again && (
            <Button variant="default" onClick={() => void onDone()}>
              {t`I have signed in there`}
            </Button>
          )}
          <Divider label={t`or`} />
        </>
      )}
      {withKey ? <KeyForm onDone={onDone} /> : <PasswordForm onDone={onDone} />}
      <Anchor component="button" type="button" size="sm" onClick={() => setWithKey(!withKey)}>
        {withKey ? t`Use an account instead` : t`Use an admin key or token instead`}
      </Anchor>
    </Stack>
  );
}

function useAttempt(attempt: () => Promise<void>) {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await attempt();
    } catch (why) {
      setError(why);
    } finally {
      setBusy(false);
    }
  };
  const of = (field: string) => (error instanceof Problem ? error.of(field) : undefined);
  return { error, busy, submit, of };
}

function PasswordForm({ onDone }: { onDone: Done }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { error, busy, submit, of } = useAttempt(async () => {
    // A key goes before the cookie, also one that is over.
    setAdminKey(null);
    const signedIn = await answer(api.POST('/api/admin-users/login', { body: { email, password } }));
    setCsrf(signedIn.csrf_token);
    await onDone();
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput label={t`Email`} type="email" autoComplete="username" required data-autofocus value={email} error={of('email')} onChange={(event) => setEmail(event.currentTarget.value)} />
        <PasswordInput label={t`Password`} autoComplete="current-password" required value={password} error={of('password')} onChange={(event) => setPassword(event.currentTarget.value)} />
        <BusyButton type="submit" busy={busy}>
          {t`Sign in`}
        </BusyButton>
      </Stack>
    </form>
  );
}

function KeyForm({ onDone }: { onDone: Done }) {
  const [key, setKey] = useState('');
  const { error, busy, submit } = useAttempt(async () => {
    setAdminKey(key.trim());
    try {
      await answer(api.GET('/api/admin-users/me'));
    } catch (why) {
      setAdminKey(null);
      throw why;
    }
    await onDone();
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <PasswordInput label={t`Admin key or token`} description={t`Kept until this page is closed or loaded again, and stored nowhere.`} autoComplete="off" required data-autofocus value={key} onChange={(event) => setKey(event.currentTarget.value)} />
        <BusyButton type="submit" busy={busy}>
          {t`Sign in`}
        </BusyButton>
      </Stack>
    </form>
  );
}

function SetUp({ onDone }: { onDone: Done }) {
  const [draft, setDraft] = useState({ setup_token: '', email: '', display_name: '', password: '' });
  const set = (field: keyof typeof draft) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setDraft((before) => ({ ...before, [field]: value }));
  };
  const { error, busy, submit, of } = useAttempt(async () => {
    const body = { ...draft, display_name: draft.display_name || null };
    setAdminKey(null);
    const signedIn = await answer(api.POST('/api/admin-users/setup', { body }));
    setCsrf(signedIn.csrf_token);
    await onDone();
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Title order={1} size="h3">
          {t`Create the first owner`}
        </Title>
        <Text size="sm" c="dimmed">
          {t`The server printed a setup token when it started. With it you make the account that may do everything.`}
        </Text>
        <FormError error={error} />
        <PasswordInput label={t`Setup token`} autoComplete="off" required value={draft.setup_token} error={of('setup_token')} onChange={set('setup_token')} />
        <TextInput label={t`Email`} type="email" autoComplete="username" required value={draft.email} error={of('email')} onChange={set('email')} />
        <TextInput label={t`Name`} autoComplete="name" value={draft.display_name} error={of('display_name')} onChange={set('display_name')} />
        <PasswordInput label={t`Password`} description={t`12 to 128 characters`} autoComplete="new-password" required value={draft.password} error={of('password')} onChange={set('password')} />
        <BusyButton type="submit" busy={busy}>
          {t`Create owner`}
        </BusyButton>
      </Stack>
    </form>
  );
}
