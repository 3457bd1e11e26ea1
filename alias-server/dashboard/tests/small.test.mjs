// Small promises: what is not known yet is not said, what is left behind stops, and keys and clocks do what their words say.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, closed, open, serve, server, settled, until, visit } from './server.mjs';

serve({ dev: true });

/** Requests for it wait until they are let go. */
async function hold(page, url) {
  let free;
  const gate = new Promise((resolve) => (free = resolve));
  await page.route(url, async (route) => {
    await gate;
    await route.continue().catch(() => undefined);
  });
  return free;
}

test('nothing needs attention is said once it was counted', async () => {
  const page = await visit(browser, server);
  const letGo = await hold(page, '**/api/model-aliases?*');
  await page.goto('/ui');
  await page.getByText('Calls today').waitFor();
  await page.getByLabel('Loading what needs attention').waitFor();
  assert.equal(await page.getByText('Nothing needs you now').count(), 0);
  letGo();
  await page.getByLabel('Loading what needs attention').waitFor({ state: 'hidden' });
});

test('a price that nobody knows was not set by hand', async () => {
  await server.post('/api/model-aliases/create', { alias: 'unknown-price', litellm_model: 'mistral/unknown' });
  await server.post('/api/model-aliases/create', { alias: 'own-price', litellm_model: 'openai/gpt-4', pricing_input: 1, pricing_output: 2 });
  const page = await visit(browser, server);
  const byHand = page.getByText('was set by hand and stays');
  await open(page, '/aliases?switch=own-price');
  await byHand.waitFor();
  await open(page, '/aliases?switch=unknown-price');
  await page.getByRole('dialog', { name: 'Switch provider of unknown-price' }).waitFor();
  assert.equal(await byHand.count(), 0);
});

test('a new key is shown before anything else is read', async () => {
  const page = await visit(browser, server);
  await open(page, '/teams/dev?key');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('at-once');
  const letGo = await hold(page, (url) => url.pathname === '/api/teams/dev');
  await page.getByRole('button', { name: 'Create key' }).last().click();
  const shown = page.getByRole('dialog', { name: 'The key of dev' });
  await shown.getByLabel('key', { exact: true }).getByText(/^sk-/).waitFor();
  letGo();
});

test('? is switched off with the other keys, and opens nothing over a dialog', async () => {
  const page = await visit(browser, server);
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await open(page, '/aliases');
  await page.keyboard.press('?');
  await help.waitFor();
  await closed(page, help);
  await open(page, '/aliases?disable=fast');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).press('?');
  await page.evaluate(() => localStorage.setItem('alias-shortcuts', 'false'));
  await open(page, '/aliases');
  await page.keyboard.press('?');
  await settled(page);
  assert.equal(await help.count(), 0);
});

test('a lost connection is tried again once at a time, however often that is asked for', async () => {
  const page = await visit(browser, server);
  await page.clock.install();
  await open(page, '/aliases');
  let attempts = 0;
  await page.route('**/health/live', (route) => {
    attempts += 1;
    return route.abort();
  });
  await page.route('**/api/**', (route) => route.abort());
  await page.getByRole('searchbox', { name: /^Search alias/ }).fill('lost');
  await page.clock.fastForward(1_000);
  const again = page.getByRole('button', { name: 'Retry now' });
  await again.waitFor();
  for (let n = 0; n < 4; n += 1) {
    const before = attempts;
    await again.click();
    await until('the attempt', async () => attempts > before && page.underWay.size === 0);
  }
  await page.getByText(/Retrying in \d+ s/).waitFor();
  attempts = 0;
  await page.clock.fastForward(10_000);
  await until('the next attempt', async () => attempts > 0);
  await page.getByText(/Retrying in \d+ s/).waitFor();
  assert.equal(attempts, 1);
});

test('whoever leaves the Playground pays for no more of the answer', async () => {
  const page = await visit(browser, server);
  await open(page, '/playground');
  await page.locator('input[type=password]').fill(server.devKey);
  await page.getByRole('button', { name: 'Load models' }).click();
  await hold(page, '**/v1/chat/completions');
  const asked = page.waitForRequest('**/v1/chat/completions');
  await page.getByRole('button', { name: 'Run' }).click();
  await asked;
  const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/v1/chat/completions'));
  await page.getByRole('link', { name: 'Usage', exact: true }).click();
  assert.match((await ended).failure().errorText, /ABORTED/);
});

test('a page that nobody uses asks nothing more', async () => {
  const page = await visit(browser, server);
  await page.clock.install();
  await open(page, '');
  let asked = 0;
  page.on('request', (request) => request.url().includes('/api/stats/dashboard') && (asked += 1));
  await page.clock.runFor(60_000);
  await until('the figures, read anew', async () => asked > 0);
  await page.clock.runFor(300_000);
  await settled(page);
  asked = 0;
  await page.clock.runFor(300_000);
  await settled(page);
  assert.equal(asked, 0);
  await page.mouse.move(200, 200);
  await page.clock.runFor(60_000);
  await until('the figures, once somebody is there', async () => asked > 0);
});

test('marks on the time axis are those of the range', async () => {
  const page = await visit(browser, server);
  const asked = page.waitForRequest(/\/api\/audit\?.*action=alias/);
  await open(page, '/usage?range=custom&from=2025-03-01&to=2025-03-31');
  const query = new URL((await asked).url()).searchParams;
  assert.deepEqual([query.get('from'), query.get('to')], ['2025-03-01T00:00:00Z', '2025-04-01T00:00:00Z']);
});

test('until when an alias can be restored is counted from its deletion', async () => {
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/aliases?delete=fast');
  const dialog = page.getByRole('dialog', { name: 'Delete fast?' });
  await dialog.getByLabel('From when on').fill('2099-01-01T12:00');
  await dialog.getByText('You can restore it until Jan 31, 2099.').waitFor();
});

test('a browser without storage shows the pages', async () => {
  const page = await visit(browser, server);
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException('switched off', 'SecurityError');
        },
      });
    }
  });
  await open(page, '/aliases');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('main h1.mono, main h1').first().waitFor();
  assert.deepEqual(page.faults.filter((one) => !one.startsWith('console')), []);
});

test('callers that could not be counted are not none', async () => {
  const page = await visit(browser, server);
  await page.route('**/callers', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Internal error"}' }));
  for (const [what, title] of [['deprecate', 'Deprecate fast'], ['rename', 'Rename fast']]) {
    await open(page, `/aliases?${what}=fast`);
    await page.getByRole('dialog', { name: title }).getByText('Who calls it could not be counted.').waitFor();
  }
});

test('an emptied share is not all callers', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?switch=fast');
  const dialog = page.getByRole('dialog', { name: 'Switch provider of fast' });
  await dialog.locator('#alias-litellm_model').fill('openai/gpt-4');
  await page.keyboard.press('Escape');
  const share = dialog.getByRole('textbox', { name: 'Callers' });
  await share.fill('');
  await share.press('Enter');
  await settled(page);
  assert.equal((await server.get('/api/model-aliases/fast')).body.litellm_model, 'openai/gpt-3.5-turbo');
  await dialog.waitFor();
});
