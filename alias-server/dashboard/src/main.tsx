// The start of the page: the providers around everything, then the routes.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './font.css';
import './page.css';

import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { onRecovery } from './api/connection';
import { Problem } from './api/problem';
import { Pages } from './pages';
import { SessionGate } from './session/session';
import { theme, variables } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';
setNonce(nonce);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      // What was refused stays refused; what failed on the way is tried again.
      retry: (failures, error) => !(error instanceof Problem && error.status < 500) && failures < 2,
      retryDelay: (attempt) => Math.min(400 * 2 ** attempt, 3_000),
    },
  },
});
onRecovery(() => void client.invalidateQueries());

const scheme = localStorageColorSchemeManager({ key: 'alias-theme' });

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" colorSchemeManager={scheme} getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={client}>
        <BrowserRouter basename="/ui">
          <SessionGate>
            <Pages />
          </SessionGate>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}
