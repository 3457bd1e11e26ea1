// Ten thousand aliases, the weight of the page, and how soon it can be used. Figures are taken with nothing beside them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, settled, visit } from '../server.mjs';

const MANY = 10_000;
const AT_ONCE = 200;
const LONGEST_FRAME_MS = 100;
const MOST_SCRIPT = 250_000;
const FIRST = ['', '/aliases', '/aliases/model-00001', '/catalog', '/access-groups', '/access-groups/dev-models', '/organizations', '/organizations/org_dev', '/teams', '/teams/dev', '/usage', '/playground', '/explain', '/activity', '/connect', '/settings'];
const SOONEST_MS = 1_000;

/** Times are those of an idle machine, which `scripts/test --full` asks for. Ten times as much is no noise of any machine. */
const PATIENCE = process.env.ALIAS_TEST_FIGURES ? 1 : 10;

serve({}, async () => {
  const numbers = Array.from({ length: MANY }, (_, number) => number);
  for (let from = 0; from < MANY; from += AT_ONCE) {
    const operations = numbers.slice(from, from + AT_ONCE).map((number) => ({ op: 'create', alias: `model-${String(number).padStart(5, '0')}`, litellm_model: number % 3 ? 'openai/gpt-4' : 'anthropic/claude-3-opus-20240229' }));
    await server.post('/api/model-aliases/bulk', { operations });
  }
  await server.post('/api/organizations/create', { organization_id: 'org_dev', name: 'Dev' });
  await server.post('/api/model-access-groups/create', { group_name: 'dev-models', model_aliases: ['model-00001'] });
  await server.post('/api/teams/create', { organization_id: 'org_dev', team_id: 'dev', access_groups: ['dev-models'] });
});

/** The longest task of the page's thread while something is done. */
async function longestTask(page, doing) {
  await page.evaluate(() => {
    globalThis.longest = 0;
    globalThis.observer?.disconnect();
    globalThis.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, entry.duration);
    });
    globalThis.observer.observe({ type: 'longtask' });
  });
  await doing();
  return page.evaluate(() => globalThis.longest);
}

test('10,000 aliases are searched, filtered, sorted and paged', async () => {
  const longest = [];
  // A machine that does something else meanwhile only ever adds: the best of three is the page's own.
  for (let attempt = 0; attempt < 3 && !(Math.min(...longest) <= LONGEST_FRAME_MS); attempt += 1) {
    const page = await visit(browser, server);
    await open(page, '/aliases');
    await page.getByText('1–50 of 10,000 aliases').waitFor();
    assert.equal(await page.locator('tbody tr').count(), 50);
    longest.push(await longestTask(page, () => lookAround(page)));
    assert.match(page.url(), /q=model-012/);
    assert.match(page.url(), /provider=anthropic/);
    await page.reload();
    await page.getByText(/1–3[34] of 3[34] aliases/).waitFor();
    await page.context().close();
  }
  console.log(`the longest tasks took ${longest.map(Math.round).join(', ')} ms`);
  assert.ok(Math.min(...longest) <= LONGEST_FRAME_MS * PATIENCE, `${longest} ms`);
});

async function lookAround(page) {
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByText('51–100 of 10,000 aliases').waitFor();
  await page.getByRole('button', { name: 'Alias', exact: true }).click();
  await page.locator('tbody tr').first().getByText('model-09999', { exact: true }).waitFor();
  await page.getByRole('searchbox', { name: 'Search alias, target, description' }).fill('model-012');
  await page.getByText('1–50 of 100 aliases').waitFor();
  await page.getByRole('button', { name: 'Provider' }).click();
  await page.getByRole('menuitem', { name: 'anthropic' }).click();
  await page.getByText(/1–3[34] of 3[34] aliases/).waitFor();
}

test('a long list scrolls under its titles', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  const list = page.getByRole('region', { name: 'Table of aliases' });
  await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const [frame, title] = [await list.boundingBox(), await page.getByRole('columnheader', { name: 'Target' }).boundingBox()];
  assert.ok(Math.abs(title.y - frame.y) < 2, `the titles are at ${title.y}, the list at ${frame.y}`);
  await page.context().close();
});

test('all that match can be selected, and the palette finds one of them', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?q=model-0000');
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByText('10 aliases selected').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search or jump to…').last().fill('model-04242');
  await page.getByText('model-04242').last().click();
  await page.getByRole('heading', { name: 'model-04242', level: 1 }).waitFor();
});

/** How many bytes of scripts come with a page that is opened first. */
async function scriptOf(path) {
  const page = await visit(browser, server);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const scripts = new Map();
  session.on('Network.responseReceived', ({ requestId, type, response }) => type === 'Script' && scripts.set(requestId, { url: response.url, bytes: 0 }));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => scripts.has(requestId) && (scripts.get(requestId).bytes = encodedDataLength));
  await page.goto(`/ui${path}`, { waitUntil: 'networkidle' });
  await settled(page);
  await page.context().close();
  return [...scripts.values()].reduce((sum, one) => sum + one.bytes, 0);
}

test('whatever page is opened first is light, and the list is soon ready', async () => {
  const loads = [];
  for (const path of FIRST) loads.push([path, await scriptOf(path)]);
  console.log(`bytes of scripts: ${loads.map(([path, bytes]) => `/ui${path} ${bytes}`).join(', ')}`);
  assert.deepEqual(loads.filter(([, bytes]) => bytes < 50_000 || bytes > MOST_SCRIPT), []);
  const times = [];
  for (let n = 0; n < 5; n += 1) {
    const again = await visit(browser, server);
    const started = performance.now();
    await again.goto('/ui/aliases', { waitUntil: 'commit' });
    await again.getByText('of 10,000 aliases').waitFor();
    times.push(performance.now() - started);
    await again.context().close();
  }
  const soonest = Math.min(...times);
  console.log(`the list is there after ${Math.round(soonest)} ms (best of 5)`);
  assert.ok(soonest <= SOONEST_MS * PATIENCE, `${times} ms`);
});
