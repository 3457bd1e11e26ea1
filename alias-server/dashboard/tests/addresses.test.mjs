// Addresses that open something: what is not there is said, another question is in its form, and rows are opened by keys.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, closed, open, serve, server, settled, until, visit } from './server.mjs';

serve({ dev: true });

test('an address that opens what is not there says so, and what could not be read is tried again', async () => {
  const page = await visit(browser, server);
  for (const [path, name] of [
    ['/aliases?edit=nowhere', 'nowhere'],
    ['/teams/dev?rotate=key_gone', 'key_gone'],
    ['/teams/dev?end-budget=bud_gone', 'bud_gone'],
    ['/settings?edit=usr_gone', 'usr_gone'],
    ['/settings?tab=webhooks&rotate=whk_gone', 'whk_gone'],
  ]) {
    await open(page, path);
    const dialog = page.getByRole('dialog', { name: `There is no ${name}` });
    await dialog.getByText('It may have been deleted').waitFor();
    await closed(page, dialog);
    assert.ok(!page.url().includes(name), page.url());
  }
  await server.post('/api/model-aliases/create', { alias: 'unreadable', litellm_model: 'openai/gpt-4' });
  await page.route('**/api/model-aliases/unreadable', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"title":"Refused","detail":"Not now."}' }));
  await open(page, '/aliases?q=nothing-matches&edit=unreadable');
  const dialog = page.getByRole('dialog', { name: 'unreadable' });
  await dialog.getByText('Not now.').waitFor();
  await page.unroute('**/api/model-aliases/unreadable');
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('dialog', { name: 'Edit unreadable' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('a dialog that ends its row closes, and does not say that it is gone', async () => {
  const made = await server.post('/api/budgets', { scope: { team_id: 'dev' }, limit_usd: 25, description: 'Brief' });
  const page = await visit(browser, server);
  await open(page, `/teams/dev?end-budget=${made.budget_id}`);
  // Whatever a dialog says on the way is kept.
  await page.evaluate(() => {
    window.said = '';
    new MutationObserver(() => (window.said += document.querySelector('[role=dialog]')?.textContent ?? '')).observe(document.body, { subtree: true, childList: true });
  });
  await page.getByRole('button', { name: 'Delete budget' }).click();
  await page.getByText('Deleted the budget').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await settled(page);
  assert.ok(!(await page.evaluate(() => window.said)).includes('There is no'));
});

test('the form of Explain asks what the address asks', async () => {
  for (const team of ['ask-one', 'ask-two']) await server.post('/api/teams/create', { organization_id: 'org_dev', team_id: team });
  const page = await visit(browser, server);
  await open(page, '/explain?team=ask-one&model=smart');
  const team = page.getByRole('combobox', { name: 'Team' });
  assert.equal(await team.inputValue(), 'ask-one');
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search or jump to' }).fill('ask-two');
  await page.getByText('Explain what ask-two can use').click();
  await until('the other team', async () => (await team.inputValue()) === 'ask-two');
  assert.equal(await page.getByRole('textbox', { name: 'Model' }).inputValue(), '');
  await page.goBack();
  await until('the first team', async () => (await team.inputValue()) === 'ask-one');
  assert.equal(await page.getByRole('textbox', { name: 'Model' }).inputValue(), 'smart');
});

test('j and k go from row to row, which Enter opens, also in lists whose rows open in a dialog', async () => {
  const page = await visit(browser, server);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await open(page, '/aliases');
  const [first, second] = await page.locator('tbody .row-link').allTextContents();
  await page.keyboard.press('j');
  assert.equal(await focused(), first);
  await page.keyboard.press('j');
  assert.equal(await focused(), second);
  await page.keyboard.press('x');
  await page.getByText('1 alias selected').waitFor();
  assert.ok(await page.getByRole('checkbox', { name: `Select ${second}`, exact: true }).isChecked());
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: first, level: 1 }).waitFor();

  await open(page, '/catalog?q=gpt-4');
  await page.keyboard.press('j');
  const model = await focused();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: model }).waitFor();
  await open(page, '/activity');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('What differs').waitFor();
  assert.deepEqual(page.faults, []);
});

test('what a search found is shown where a part of it failed, and that is said where nothing was', async () => {
  const page = await visit(browser, server);
  await page.route('**/api/organizations?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Internal error","detail":"It broke."}' }));
  await open(page, '/teams');
  await page.keyboard.press('Control+k');
  const search = page.getByRole('textbox', { name: 'Search or jump to' });
  await search.fill('smart');
  await page.getByText('Switch provider of smart…').waitFor();
  await search.fill('nobody-is-called-so');
  await page.getByText('The search failed: It broke.').waitFor();
});

test('days of Activity are those of the clock that its times are of', async () => {
  const page = await visit(browser, server, { timezoneId: 'America/Los_Angeles' });
  const asked = page.waitForRequest(/\/api\/audit\?.*from=/);
  await open(page, '/activity?from=2026-03-07&to=2026-03-08');
  const query = new URL((await asked).url()).searchParams;
  // The clock goes an hour on in that night.
  assert.deepEqual([query.get('from'), query.get('to')], ['2026-03-07T08:00:00Z', '2026-03-09T07:00:00Z']);
});

test('code is shown for what one key may call', async () => {
  await server.post('/api/teams/dev/keys', { name: 'narrow', models: ['fast'] });
  const page = await visit(browser, server);
  await open(page, '/connect?team=dev');
  const options = async () => {
    await page.getByRole('combobox', { name: 'Model' }).click();
    await page.getByRole('option').first().waitFor();
    const all = await page.getByRole('option').allTextContents();
    await page.keyboard.press('Escape');
    return all;
  };
  assert.ok((await options()).length > 1);
  await page.getByRole('combobox', { name: 'Key' }).click();
  await page.getByRole('option', { name: 'narrow' }).click();
  await page.getByText('Only what this key can call').waitFor();
  assert.deepEqual(await options(), ['fast']);
  await page.getByLabel('curl code', { exact: true }).getByText('fast').first().waitFor();
});

test('a group is made where an alias is put into it', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('grouped');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4');
  await page.getByRole('button', { name: /^Access groups/ }).click();
  await page.locator('#alias-access_groups').fill('brand-new');
  await page.getByRole('option', { name: 'Create access group brand-new' }).click();
  await page.getByText('Created brand-new. No team has it yet').waitFor();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created grouped').waitFor();
  assert.deepEqual((await server.get('/api/model-aliases/grouped')).body.access_groups, ['brand-new']);
  assert.deepEqual(page.faults, []);
});

test('a name is available only where no alias has it, also beside many that mention it', async () => {
  const aliases = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`a-${n}`, { litellm_model: 'openai/gpt-4', description: 'Like zebra' }]));
  await server.post('/api/apply', { document: { version: 1, aliases: { ...aliases, Zebra: { litellm_model: 'openai/gpt-4' } } } });
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('zebra');
  await page.getByText('Taken.').waitFor();
  assert.equal(await page.getByText('available', { exact: true }).count(), 0);
  await page.locator('#alias-alias').fill('zebra-2');
  await page.getByText('available', { exact: true }).waitFor();
  assert.deepEqual(page.faults, []);
});
