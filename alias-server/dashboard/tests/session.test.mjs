// Coming in: setting up, signing in and out, roles, sessions that end, servers that go away.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { browser, open, serve, server, Server, until, visit } from './server.mjs';

const KEY = randomBytes(32).toString('hex');
const PASSWORD = 'a long enough password';

const admin = { authorization: `Bearer ${KEY}` };

serve({ env: { ALIAS_ADMIN_KEY: KEY } }, async () => {
  for (const [email, role] of [['owner@acme.example', 'owner'], ['viewer@acme.example', 'viewer']]) {
    await server.post('/api/admin-users', { email, role, password: PASSWORD }, admin);
  }
  await server.post('/api/model-aliases/create', { alias: 'smart', litellm_model: 'openai/gpt-4' }, admin);
});

async function signIn(page, email) {
  await page.goto('/ui/aliases');
  await page.getByRole('textbox', { name: 'Email' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('link', { name: 'smart', exact: true }).waitFor();
}

test('a wrong password is said, the right one leads to the page that was asked for', async () => {
  const page = await visit(browser, server);
  await page.goto('/ui/aliases');
  await page.getByRole('textbox', { name: 'Email' }).fill('owner@acme.example');
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await signIn(page, 'owner@acme.example');
  assert.match(page.url(), /\/ui\/aliases$/);
});

test('an admin key works as long as the page, and is stored nowhere', async () => {
  const page = await visit(browser, server);
  await page.goto('/ui/aliases');
  await page.getByRole('button', { name: 'Use an admin key or token instead' }).click();
  await page.getByRole('textbox', { name: 'Admin key or token' }).fill(KEY);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('link', { name: 'smart', exact: true }).waitFor();
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.ok(!stored.includes(KEY), stored);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});

test('a viewer sees, and has no button that would be refused', async () => {
  const page = await visit(browser, server);
  await signIn(page, 'viewer@acme.example');
  assert.equal(await page.getByRole('button', { name: 'Create Alias' }).count(), 0);
  assert.equal(await page.getByRole('link', { name: 'Activity' }).count(), 0);
  await page.getByRole('button', { name: 'Actions for smart' }).click();
  assert.equal(await page.getByRole('menuitem', { name: 'Delete…' }).count(), 0);
  await page.goto('/ui/aliases?delete=smart');
  await page.getByRole('link', { name: 'smart', exact: true }).waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
});

test('a session that ends while a form is open: sign in again, nothing typed is lost', async () => {
  const page = await visit(browser, server);
  await signIn(page, 'owner@acme.example');
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.locator('#alias-alias').fill('kept');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByRole('textbox', { name: 'Email' }).fill('owner@acme.example');
  await dialog.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.locator('#alias-alias').inputValue(), 'kept');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created kept').waitFor();
});

test('whoever used a token that was revoked signs in with a password', async () => {
  const token = await server.post('/api/admin-tokens', { name: 'brief', role: 'owner' }, admin);
  const page = await visit(browser, server);
  await page.goto('/ui/aliases');
  await page.getByRole('button', { name: 'Use an admin key or token instead' }).click();
  await page.getByRole('textbox', { name: 'Admin key or token' }).fill(token.admin_token);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('link', { name: 'smart', exact: true }).waitFor();
  await server.request('DELETE', `/api/admin-tokens/${token.token_id}`, undefined, admin);
  await page.getByRole('link', { name: 'Teams' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByRole('textbox', { name: 'Email' }).fill('owner@acme.example');
  await dialog.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('No teams yet').waitFor();
});

test('a sign-out that failed is said', async () => {
  const page = await visit(browser, server);
  await signIn(page, 'owner@acme.example');
  await page.route('**/api/admin-users/logout', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Unavailable","detail":"Not now."}' }));
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('Signing out failed').waitFor();
});

test('whoever signed in can delete, undo, and be asked nothing more', async () => {
  const page = await visit(browser, server);
  await server.post('/api/model-aliases/create', { alias: 'brief', litellm_model: 'openai/gpt-4' }, admin);
  await signIn(page, 'owner@acme.example');
  await page.goto('/ui/aliases?delete=brief');
  await page.getByRole('button', { name: 'Delete alias' }).click();
  await page.getByText('Deleted brief').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the restoration', async () => (await server.get('/api/model-aliases/brief', admin)).status === 200);
});

test('a session that ended goes on where somebody signed in again in another tab, with single sign-on, too', async () => {
  const page = await visit(browser, server);
  await page.clock.install();
  await signIn(page, 'owner@acme.example');
  await page.route('**/api/admin-users/setup/status', (route) => route.fulfill({ json: { setup_needed: false, single_sign_on: true } }));
  const ended = page.getByRole('dialog', { name: 'Your session has ended' });
  const end = async () => {
    await page.context().clearCookies();
    await page.getByRole('searchbox', { name: /^Search alias/ }).fill(String(Math.random()));
    await ended.waitFor();
  };
  await end();
  const elsewhere = await ended.getByRole('link', { name: 'Single sign-on in another tab' }).getAttribute('target');
  assert.equal(elsewhere, '_blank');
  const other = await page.context().newPage();
  await signIn(other, 'owner@acme.example');
  await ended.getByRole('button', { name: 'I have signed in there' }).click();
  await ended.waitFor({ state: 'hidden' });

  await end();
  await signIn(other, 'owner@acme.example');
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
  await ended.waitFor({ state: 'hidden' });
});

test('signing out ends the session on the server', async () => {
  const page = await visit(browser, server);
  await signIn(page, 'owner@acme.example');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.equal(await page.evaluate(async () => (await fetch('/api/admin-users/me')).status), 401);
});

test('the first owner is made with the token that the server printed', async () => {
  const fresh = await Server.start({ env: { ALIAS_ADMIN_KEY: KEY } });
  try {
    const token = /"setup_token": "([^"]+)"/.exec(fresh.log)?.[1];
    assert.ok(token, fresh.log);
    const page = await visit(browser, fresh);
    await page.goto('/ui');
    await page.getByRole('textbox', { name: 'Setup token' }).fill(token);
    await page.getByRole('textbox', { name: 'Email' }).fill('first@acme.example');
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create owner' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  } finally {
    await fresh.end();
  }
});

/** The session ends with the next request, and somebody signs in in the dialog that says so. */
async function signInAgain(page, email, ask) {
  await page.context().clearCookies();
  await ask();
  const ended = page.getByRole('dialog', { name: 'Your session has ended' });
  await ended.getByRole('textbox', { name: 'Email' }).fill(email);
  await ended.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await ended.getByRole('button', { name: 'Sign in', exact: true }).click();
  await ended.waitFor({ state: 'hidden' });
}

test('whoever signs in where the session of another person ended is shown nothing of theirs', async () => {
  for (const [organization, name] of [['org_first', 'First'], ['org_second', 'Second']]) await server.post('/api/organizations/create', { organization_id: organization, name }, admin);
  await server.post('/api/teams/create', { organization_id: 'org_first', team_id: 'first-team', team_alias: 'Of the first' }, admin);
  await server.post('/api/admin-users', { email: 'second@acme.example', role: 'viewer', organization_id: 'org_second', password: PASSWORD }, admin);
  await server.post('/api/admin-users', { email: 'third@acme.example', role: 'admin', password: PASSWORD }, admin);
  const page = await visit(browser, server);
  await signIn(page, 'owner@acme.example');
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.locator('#alias-alias').fill('typed-by-the-first');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4');
  await signInAgain(page, 'third@acme.example', () => page.getByRole('button', { name: 'Create', exact: true }).click());
  await until('an empty form', async () => (await page.locator('#alias-alias').inputValue()) === '');

  await open(page, '/teams/first-team');
  await page.getByText('Of the first').first().waitFor();
  // What the second is answered is not there yet: until then there is nothing of the one before, too.
  let letGo;
  const gate = new Promise((resolve) => (letGo = resolve));
  await signInAgain(page, 'second@acme.example', async () => {
    await page.getByRole('textbox', { name: 'Why can’t this team use' }).fill('smart');
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await page.route('**/api/teams/first-team', async (route) => {
      await gate;
      await route.continue();
    });
  });
  await page.getByText('Of the first').first().waitFor({ state: 'hidden' });
  letGo();
  await page.getByText('There is no team first-team').waitFor();
  assert.equal((await server.request('DELETE', '/api/teams/first-team', undefined, admin)).status, 200);
});

test('a viewer is offered no check that would be refused', async () => {
  const page = await visit(browser, server);
  await signIn(page, 'viewer@acme.example');
  await open(page, '/settings?tab=health');
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Verify/ }).count(), 0);
});

test('a server that restarts while a form is open loses nothing that was typed', async () => {
  const open_ = await Server.start();
  try {
    const page = await visit(browser, open_);
    await open(page, '/aliases?create');
    await page.locator('#alias-alias').fill('survivor');
    await page.locator('#alias-litellm_model').fill('openai/gpt-4');
    await open_.halt();
    await page.getByRole('textbox', { name: 'Description' }).fill('typed while it was away');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('Connection lost.').waitFor();
    await open_.run();
    await page.getByText('Connection lost.').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('#alias-alias').inputValue(), 'survivor');
    assert.equal(await page.getByRole('textbox', { name: 'Description' }).inputValue(), 'typed while it was away');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('Created survivor').waitFor();
  } finally {
    await open_.end();
  }
});

test('a load that fails never looks like an empty list', async () => {
  const page = await visit(browser, server);
  await signIn(page, 'owner@acme.example');
  await page.route('**/api/teams?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Internal error', detail: 'It broke.', request_id: 'req_test' }) }));
  await page.getByRole('link', { name: 'Teams' }).click();
  await page.getByText('Could not load teams').waitFor();
  await page.getByText('req_test').waitFor();
  assert.equal(await page.getByText('No teams yet').count(), 0);
  await page.unroute('**/api/teams?*');
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('No teams yet').waitFor();
});
