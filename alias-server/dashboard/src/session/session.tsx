// Who uses the page: asked once, and again when the server says that the session is over.
import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, Fragment, lazy, type ReactNode, Suspense, useContext, useEffect, useState } from 'react';

import { answer, api, onSignedOut, setAdminKey, setCsrf } from '../api/client';
import { Problem } from '../api/problem';
import type { Me } from '../api/types';
import { LoadError } from '../elements/load-error';
import { failed } from '../elements/notices';
import { t } from '../words';
import { may, type Right } from './rights';

const SignIn = lazy(() => import('./sign-in').then((module) => ({ default: module.SignIn })));
const SignInAgain = lazy(() => import('./sign-in').then((module) => ({ default: module.SignInAgain })));

interface Session {
  me: Me;
  may: (right: Right) => boolean;
  signOut: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('There is no session around this part of the page.');
  return session;
}

async function whoAmI(): Promise<Me> {
  const me = await answer(api.GET('/api/admin-users/me'));
  setCsrf(me.csrf_token ?? null);
  return me;
}

const whose = (me: Me): string => [me.actor, me.user?.user_id ?? me.name, me.role, me.organization_id].join(' ');

export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [expired, setExpired] = useState(false);
  const who = useQuery({ queryKey: ['me'], queryFn: whoAmI, staleTime: expired ? 0 : 60_000, retry: false });
  useEffect(() => onSignedOut(() => setExpired(true)), []);
  // Whoever signed in again in another tab comes back to this one: it is read anew, and there is somebody.
  useEffect(() => setExpired(false), [who.dataUpdatedAt]);

  const signedIn = async () => {
    const before = who.data;
    const { data: now } = await who.refetch();
    // What the one before could see is not for everybody.
    const other = before && now && whose(before) !== whose(now);
    if (other) await client.resetQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
    setExpired(false);
    await client.invalidateQueries();
  };
  const signOut = async () => {
    try {
      if (who.data?.actor === 'account') await answer(api.POST('/api/admin-users/logout'));
    } catch (why) {
      return failed(t`Signing out`, why);
    }
    setAdminKey(null);
    setCsrf(null);
    location.assign('/ui');
  };

  if (who.data) {
    const me = who.data;
    return (
      <Context value={{ me, may: (right) => may(me, right), signOut }}>
        {/* Nothing of one person's page stays for the next: not what was read, and not what a form holds. */}
        <Fragment key={whose(me)}>{children}</Fragment>
        <Suspense>{expired && <SignInAgain onDone={signedIn} />}</Suspense>
      </Context>
    );
  }
  if (who.error instanceof Problem && who.error.status === 401) return (
      <Suspense>
        <SignIn onDone={signedIn} />
      </Suspense>
    );
  if (who.error) {
    return (
      <Center mih="100dvh" p="md">
        <LoadError what={t`who you are`} error={who.error} onRetry={() => void who.refetch()} />
      </Center>
    );
  }
  return (
    <Center mih="100dvh" role="status" aria-label={t`Loading`}>
      <Loader />
    </Center>
  );
}
