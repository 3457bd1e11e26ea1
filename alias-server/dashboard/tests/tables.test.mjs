// Tables as somebody arranges them: sorted by several columns, with the columns that are wanted, remembered by the browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { browser, closed, open, serve, server, settled, typed, until, visit } from './server.mjs';

const ALIASES = { beta: 'openai/gpt-4', alpha: 'openai/gpt-4', gamma: 'anthropic/claude-3', delta: 'anthropic/claude-3' };

serve({}, async () => {
  for (const [alias, litellm_model] of Object.entries(ALIASES)) await server.post('/api/model-aliases/create', { alias, litellm_model });
});

const columns = (page) => page.locator('thead th[data-column]').evaluateAll((heads) => heads.map((head) => head.dataset.column));
const names = (page) => page.locator('tbody .row-link').allTextContents();
const menu = (page) => page.getByRole('button', { name: 'Columns and density' }).click();

test('a list is sorted by several columns, in the order in which they were chosen', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  await page.getByRole('button', { name: 'Target', exact: true }).click();
  await until('the order by target and name', async () => (await names(page)).join() === 'delta,gamma,alpha,beta');
  await page.getByRole('button', { name: 'Alias', exact: true }).click({ modifiers: ['Shift'] });
  assert.match(decodeURIComponent(page.url()), /sort=litellm_model,alias/);
  await page.getByRole('button', { name: /^Alias ?, then/ }).click({ modifiers: ['Shift'] });
  await until('the names downwards', async () => (await names(page)).join() === 'gamma,delta,beta,alpha');
  assert.equal(await page.getByRole('columnheader', { name: /^Target/ }).getAttribute('aria-sort'), 'ascending');
  // A link has the order, too; and a click without Shift begins anew.
  await page.reload();
  await until('the same order', async () => (await names(page)).join() === 'gamma,delta,beta,alpha');
  await page.getByRole('button', { name: 'Target', exact: true }).click();
  await until('the order by target alone', async () => (await names(page)).join() === 'alpha,beta,delta,gamma');
  assert.deepEqual(page.faults, []);
});

test('columns are shown, moved and sized, stay so, and are reset', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  const untouched = await columns(page);
  await menu(page);
  await page.getByRole('menuitemcheckbox', { name: 'p95 latency, 30 days' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Teams' }).click();
  await page.getByRole('menuitem', { name: 'Move Status left' }).click();
  const target = page.getByRole('columnheader', { name: 'Target' });
  const before = (await target.boundingBox()).width;
  for (let n = 0; n < 3; n += 1) await page.getByRole('menuitem', { name: 'Make Target wider' }).click();
  const wide = (await target.boundingBox()).width;
  assert.ok(wide > before, `${wide} is more than ${before}`);
  const arranged = await columns(page);
  assert.ok(arranged.includes('latency') && !arranged.includes('teams'), arranged.join());
  assert.ok(arranged.indexOf('status') < arranged.indexOf('target'), arranged.join());
  await page.reload();
  await page.getByRole('link', { name: 'alpha' }).waitFor();
  assert.deepEqual(await columns(page), arranged);
  assert.ok(Math.abs((await target.boundingBox()).width - wide) < 2);
  await menu(page);
  await page.getByRole('menuitem', { name: 'Reset columns' }).click();
  await until('the columns as they were', async () => (await columns(page)).join() === untouched.join());
  assert.deepEqual(page.faults, []);
});

test('an edge of a column follows the pointer', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  const head = page.getByRole('columnheader', { name: 'Target' });
  const box = await head.boundingBox();
  await page.mouse.move(box.x + box.width, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 90, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await until(`90 more than ${box.width}`, async () => Math.abs((await head.boundingBox()).width - box.width - 90) < 4);
});

test('what is typed while a list is read stays, also a space', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  const search = page.getByRole('searchbox', { name: /^Search alias/ });
  await search.pressSequentially('gpt ');
  await page.waitForURL(/q=gpt$/);
  await settled(page);
  await search.pressSequentially('4');
  assert.equal(await search.inputValue(), 'gpt 4');
  await page.waitForURL(/q=gpt\+4$/);
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await until('the empty field', async () => (await search.inputValue()) === '');
});

test('dates are typed by keyboard', async () => {
  const page = await visit(browser, server);
  await open(page, '/activity');
  await typed(page, page.getByLabel('From', { exact: true }), '03152025', /^2025-03-15$/);
  await page.waitForURL(/from=2025-03-15$/);
  assert.equal(await page.getByLabel('From', { exact: true }).inputValue(), '2025-03-15');
});

/** Lists come in parts of 1,000, versions of 200: a few are many here. */
async function inPartsOf(page, path, from, to, meanwhile = async () => {}) {
  await page.route(path, async (route) => {
    const url = route.request().url().replace(`limit=${from}`, `limit=${to}`);
    if (url.includes('cursor=')) await meanwhile();
    await route.continue({ url });
  });
}

test('an export has every row once, whatever comes meanwhile', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  let made = false;
  await inPartsOf(page, '**/api/model-aliases?*', 1_000, 2, async () => {
    if (!made) await server.post('/api/model-aliases/create', { alias: 'aaa', litellm_model: 'openai/gpt-4' });
    made = true;
  });
  await page.getByRole('button', { name: 'Export' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'JSON of this list' }).click();
  const file = await (await saved).path();
  const rows = JSON.parse(await readFile(file, 'utf8')).map((row) => row.alias);
  assert.ok(made, 'it came in parts');
  assert.deepEqual(rows, ['alpha', 'beta', 'delta', 'gamma']);
  await server.request('DELETE', '/api/model-aliases/aaa');
});

test('old versions of an alias are shown, too', async () => {
  for (let n = 0; n < 3; n += 1) await server.request('PUT', '/api/model-aliases/alpha', { description: `Change ${n}` });
  const page = await visit(browser, server);
  await inPartsOf(page, '**/api/model-aliases/alpha/history?*', 200, 2);
  await open(page, '/aliases/alpha?tab=history');
  await page.getByText('version 4', { exact: true }).waitFor();
  assert.equal(await page.getByText('version 1', { exact: true }).count(), 0);
  await page.getByRole('button', { name: 'Show older versions' }).click();
  await page.getByRole('button', { name: 'Roll back to version 1' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Show older versions' }).count(), 0);
});

test('rows are 40 px high, a key edits the current one, and its menu says which', async () => {
  const page = await visit(browser, server);
  await server.request('PUT', '/api/model-aliases/alpha', { description: 'With a second line' });
  await open(page, '/aliases');
  const rows = page.locator('tbody tr');
  await rows.filter({ hasText: 'With a second line' }).waitFor();
  const heights = await rows.evaluateAll((all) => all.map((row) => Math.round(row.getBoundingClientRect().height)));
  assert.deepEqual([...new Set(heights)], [40]);
  const actions = page.getByRole('button', { name: 'Actions for alpha' });
  const entry = page.getByRole('menuitem', { name: 'Edit' });
  await actions.click();
  assert.match(await entry.textContent(), /e$/);
  await page.keyboard.press('Escape');
  await entry.waitFor({ state: 'hidden' });
  await page.locator('h1').click();
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Edit alpha' });
  await dialog.waitFor();
  await closed(page, dialog);
  await page.evaluate(() => localStorage.setItem('alias-shortcuts', 'false'));
  await page.reload();
  await actions.click();
  assert.equal(await entry.textContent(), 'Edit');
  assert.deepEqual(page.faults, []);
});

/** Another address of the same page, without loading it: what is selected stays. */
const goTo = (page, search) =>
  page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, search);

test('on a phone, names are read in one piece', async () => {
  await server.post('/api/apply', { document: { version: 1, managed_by: 'platform-repo', aliases: { 'from-a-file': 'openai/gpt-4' } } });
  const page = await visit(browser, server, { width: 390, height: 844 });
  const highest = () => page.locator('tbody tr').evaluateAll((rows) => Math.max(...rows.map((row) => row.getBoundingClientRect().height)));
  await open(page, '/catalog?q=claude-3-5-sonnet');
  assert.ok((await highest()) <= 80, `${await highest()} px`);
  await open(page, '/aliases?q=from-a-file');
  assert.equal(Math.round(await highest()), 40);
  const badge = await page.getByText('Managed by platform-repo').boundingBox();
  const target = await page.getByText('openai/gpt-4', { exact: true }).boundingBox();
  assert.ok(badge.x + badge.width <= target.x, 'the badge is not over the target');
  await server.request('DELETE', '/api/model-aliases/from-a-file');
});

test('a selection is of several pages, and is of all that match where that is asked for', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?size=2');
  const all = page.getByRole('checkbox', { name: 'Select all on this page' });
  await all.check();
  await page.getByText('2 aliases selected').waitFor();
  await goTo(page, '?size=2&page=2');
  await page.getByRole('link', { name: 'gamma' }).waitFor();
  await all.check();
  await page.getByText('4 aliases selected').waitFor();
  await all.uncheck();
  await page.getByText('2 aliases selected').waitFor();

  await page.getByRole('region', { name: 'Selected aliases' }).getByRole('button', { name: 'Export' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'JSON of the selected' }).click();
  const rows = JSON.parse(await readFile(await (await saved).path(), 'utf8')).map((row) => row.alias);
  assert.deepEqual(rows, ['alpha', 'beta']);

  // One is deleted and one is made between two parts.
  let changed = false;
  await inPartsOf(page, '**/api/model-aliases?*', 1_000, 2, async () => {
    if (changed) return;
    changed = true;
    await server.post('/api/model-aliases/create', { alias: 'aaaa', litellm_model: 'openai/gpt-4' });
    await server.request('DELETE', '/api/model-aliases/gamma');
  });
  await page.getByRole('button', { name: 'Select all 4 matching' }).click();
  await page.getByText('3 aliases selected').waitFor();
  assert.ok(changed, 'it came in parts');
  assert.deepEqual(page.faults, []);
});
