// Pages that stay whole: odd dates, scripts that are gone, lists that shrink, plain http, and sums that are of everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, settled, typed, until, visit } from './server.mjs';

const MANY = 960;

serve({ dev: true });

test('a date that was filled can be typed over', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?disable=fast');
  const dialog = page.getByRole('dialog', { name: 'Disable fast?' });
  const moment = dialog.getByLabel('From when on');
  await moment.fill('2027-01-31T07:00');
  await typed(page, moment, '013120271200', /^2027-01-31T/);
  // Other browsers let more digits be typed: the server says what it thinks of them.
  await moment.evaluate((input) => {
    input.type = 'text';
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, '20270-01-31T07:00');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await dialog.getByRole('button', { name: 'Schedule it' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.equal((await server.get('/api/model-aliases/fast')).body.active, true);
  assert.deepEqual(page.faults, []);
});

test('a page whose script is gone says so, and the others still open', async () => {
  const page = await visit(browser, server);
  await open(page, '');
  await page.route('**/assets/teams-*.js', (route) => route.abort());
  await page.getByRole('link', { name: 'Teams', exact: true }).click();
  await page.getByText('Could not load this part of the page').waitFor();
  await page.getByRole('link', { name: 'Usage', exact: true }).click();
  await page.getByRole('heading', { name: 'Usage', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Teams', exact: true }).click();
  await page.getByText('Could not load this part of the page').waitFor();
  await page.unroute('**/assets/teams-*.js');
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('heading', { name: 'Teams', level: 1 }).waitFor();
});

test('over plain http from another machine things are made, undone and copied', async () => {
  const page = await visit(browser, server);
  await page.addInitScript(() => {
    delete Crypto.prototype.randomUUID;
    Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined });
    addEventListener('copy', () => (window.copied = document.activeElement.value));
  });
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('plain');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created plain').waitFor();
  await open(page, '/aliases?disable=plain');
  await page.getByRole('button', { name: 'Disable alias' }).click();
  await page.getByText('Disabled plain').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await server.get('/api/model-aliases/plain')).body.active);
  await open(page, '/aliases?q=plain');
  await page.getByRole('button', { name: 'Actions for plain' }).click();
  await page.getByRole('menuitem', { name: 'Copy name' }).click();
  await page.getByText('Copied plain').waitFor();
  assert.equal(await page.evaluate(() => window.copied), 'plain');
  assert.deepEqual(page.faults, []);
});

test('lists lead back from a page that is not there any more; large groups can grow', async () => {
  const names = Array.from({ length: MANY }, (_, n) => `member-${String(n).padStart(4, '0')}`);
  const aliases = Object.fromEntries([...names, 'zz-outside'].map((name) => [name, { litellm_model: 'openai/gpt-4' }]));
  await server.post('/api/apply', { document: { version: 1, aliases, access_groups: { large: { model_aliases: names } } } });
  const page = await visit(browser, server);
  await open(page, '/aliases?q=member-&page=99');
  await page.getByRole('link', { name: 'member-0959' }).waitFor();
  assert.match(page.url(), /page=20/);

  await open(page, '/access-groups?view=matrix');
  await page.getByRole('button', { name: 'Aliases: page 2' }).click();
  await until('the second page', async () => (await page.getByRole('columnheader').count()) > 1 && settled(page).then(() => true));
  await page.getByRole('searchbox', { name: 'Search aliases' }).fill('zz-outside');
  await page.getByRole('columnheader', { name: 'zz-outside' }).waitFor();

  await open(page, '/access-groups/large');
  await page.getByRole('searchbox', { name: 'Search aliases not in this group' }).fill('member');
  await page.getByText('No other alias matches.').waitFor();
  await page.getByRole('searchbox', { name: 'Search aliases not in this group' }).fill('');
  await page.getByRole('button', { name: 'Add zz-outside' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('an organization of many teams is shown part by part', async () => {
  const teams = Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`of-many-${String(n).padStart(3, '0')}`, { organization_id: 'org_many' }]));
  await server.post('/api/apply', { document: { version: 1, organizations: { org_many: { name: 'Many' } }, teams } });
  const page = await visit(browser, server);
  await open(page, '/organizations/org_many');
  const rows = page.getByRole('region', { name: 'Teams of the organization' }).locator('tbody tr');
  assert.equal(await rows.count(), 100);
  await page.getByRole('button', { name: 'Show more: 30 are left' }).click();
  assert.equal(await rows.count(), 130);
  assert.deepEqual(page.faults, []);
});

test('the links beside what is not saved lead to another tab', async () => {
  const page = await visit(browser, server);
  await open(page, '/access-groups/dev-models');
  const link = page.getByRole('link', { name: 'smart', exact: true });
  assert.equal(await link.getAttribute('target'), null);
  await page.getByRole('button', { name: 'Remove fast' }).click();
  await page.getByText('Not saved yet.').waitFor();
  assert.equal(await link.getAttribute('target'), '_blank');
});

test('sums are of all calls, and what stands out is said however they are grouped', async () => {
  await server.post('/api/model-aliases/create', { alias: 'of-mistral', litellm_model: 'mistral/unknown' });
  const { access_groups: groups } = (await server.get('/api/teams/dev')).body;
  await server.post(`/api/model-access-groups/${groups[0]}/add-models`, { model_aliases: ['of-mistral'] });
  for (const model of ['smart', 'smart', 'of-mistral']) assert.equal(await server.call(server.devKey, model), 200);
  await until('the count', async () => (await server.get('/api/usage?group_by=provider')).body.rows.reduce((sum, row) => sum + row.calls, 0) === 3);
  const page = await visit(browser, server);
  // As if there were more groups than one answer has, and a model without a price.
  await page.route('**/api/usage?*group_by=provider*', async (route) => {
    const said = await (await route.fetch()).json();
    return route.fulfill({ json: { ...said, rows: said.rows.filter((row) => row.group === 'mistral').map((row) => ({ ...row, unpriced_calls: 1 })), has_more: true, total: 20_000 } });
  });
  await open(page, '/usage?by=provider');
  await page.getByText('1 call of mistral had no price').waitFor();
  assert.equal(await page.getByText('Nothing: no failures').count(), 0);
  assert.equal(await page.locator('.grid-4 .panel').first().getByText('3', { exact: true }).count(), 1);
  await page.getByText('the CSV has the first 10,000').waitFor();
  assert.deepEqual(page.faults, []);
});
