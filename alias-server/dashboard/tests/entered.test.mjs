// Forms hold what was entered, and change nothing else: closed by mistake, refused in a fold, opened before somebody else's change.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, closed, open, serve, server, visit } from './server.mjs';

serve({ dev: true });

const keyOf = async (name) => (await server.get('/api/teams/dev/keys')).body.keys.find((key) => key.name === name);

test('a drawer is closed by Escape or a click beside it only after asking, once something was entered', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('half-typed');
  await page.keyboard.press('Escape');
  const question = page.getByRole('dialog', { name: 'Close without saving?' });
  await question.getByRole('button', { name: 'Go on editing' }).click();
  await question.waitFor({ state: 'hidden' });
  assert.equal(await page.locator('#alias-alias').inputValue(), 'half-typed');
  await page.mouse.click(20, 500);
  await question.getByRole('button', { name: 'Discard changes' }).click();
  await page.getByRole('dialog', { name: 'Create Alias' }).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.locator('#alias-alias').waitFor();
  await closed(page, page.getByRole('dialog', { name: 'Create Alias' }));
  assert.deepEqual(page.faults, []);
});

test('what is refused in a closed fold unfolds it', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('folded');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4');
  await page.getByRole('button', { name: /^More/ }).click();
  await page.locator('#alias-display_name').fill('x'.repeat(5_000));
  await page.getByRole('button', { name: /^More/ }).click();
  await page.locator('#alias-display_name').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('alert').getByRole('link', { name: 'display_name' }).waitFor();
  await page.locator('#alias-display_name').waitFor();
});

test('a key is changed in what was changed only', async () => {
  await server.post('/api/teams/dev/keys', { name: 'ci' });
  const page = await visit(browser, server);
  await open(page, '/teams/dev');
  await page.getByRole('button', { name: 'Edit ci' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit ci' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('ci-2');
  const path = `/api/teams/dev/keys/${(await keyOf('ci')).key_id}`;
  assert.equal((await server.request('PUT', path, { models: ['smart'], rpm_limit: 5 })).status, 200);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved ci-2').waitFor();
  const { models, rpm_limit } = await keyOf('ci-2');
  assert.deepEqual([models, rpm_limit], [['smart'], 5]);
});

test('a deprecation keeps its sunset to the second where only its message is changed', async () => {
  const sunset = '2099-01-31T23:59:59Z';
  await server.post('/api/model-aliases/gpt-4/deprecate', { sunset_at: sunset, message: 'Soon.', brownouts: [{ starts_at: '2099-01-17T06:00:30Z', ends_at: '2099-01-17T08:00:30Z' }] });
  const page = await visit(browser, server);
  await open(page, '/aliases?deprecate=gpt-4');
  const dialog = page.getByRole('dialog', { name: 'Deprecate gpt-4' });
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Later.');
  await dialog.getByRole('button', { name: 'Deprecate alias' }).click();
  await page.getByText('Deprecated gpt-4').waitFor();
  const { deprecation } = (await server.get('/api/model-aliases/gpt-4')).body;
  assert.deepEqual([deprecation.message, deprecation.sunset_at, deprecation.brownouts[0].starts_at], ['Later.', sunset, '2099-01-17T06:00:30Z']);
});

test('a notice about something else goes to all teams, and not to the callers of an alias that it no longer names', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?tab=notices&create=deprecation%3Asmart');
  const drawer = page.getByRole('dialog', { name: 'Write notice' });
  await drawer.getByRole('combobox', { name: 'About' }).click();
  await page.getByRole('option', { name: 'Something else' }).click();
  await drawer.getByRole('textbox', { name: 'Title' }).fill('Maintenance');
  await drawer.getByRole('textbox', { name: 'Text' }).fill('On Sunday.');
  await drawer.getByRole('button', { name: 'Publish notice' }).click();
  await page.getByText(/^Published/).first().waitFor();
  const [notice] = (await server.get('/api/notices')).body.notices;
  assert.deepEqual([notice.title, notice.audience, notice.alias ?? null], ['Maintenance', 'everyone', null]);
});

test('the 61st organization can be chosen, too', async () => {
  for (let n = 10; n < 71; n += 1) await server.post('/api/organizations/create', { organization_id: `org_many_${n}`, name: `Many ${n}` });
  const page = await visit(browser, server);
  await open(page, '/teams?create=org_many_70');
  assert.equal(await page.locator('#team-organization').inputValue(), 'org_many_70');
  await open(page, '/settings?tab=tokens&create');
  await page.getByRole('combobox', { name: 'Organization' }).fill('many_69');
  await page.getByRole('option', { name: 'org_many_69 (Many 69)' }).click();
  assert.equal(await page.getByRole('combobox', { name: 'Organization' }).inputValue(), 'org_many_69 (Many 69)');
});

test('groups that could not be read are not groups without teams', async () => {
  const page = await visit(browser, server);
  await page.route('**/api/model-access-groups?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Internal error"}' }));
  await open(page, '/aliases/smart?tab=access');
  await page.getByText('The groups could not be read').waitFor();
  assert.equal(await page.getByText('0 teams').count(), 0);
});

test('a page says that its object is gone', async () => {
  await server.post('/api/teams/create', { organization_id: 'org_dev', team_id: 'brief' });
  const page = await visit(browser, server);
  await page.clock.install();
  await open(page, '/teams/brief');
  assert.equal((await server.request('DELETE', '/api/teams/brief')).status, 200);
  await page.clock.fastForward(6_000);
  await page.evaluate(() => globalThis.dispatchEvent(new Event('visibilitychange')));
  await page.getByText('There is no team brief').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Edit', exact: true }).count(), 0);
});
