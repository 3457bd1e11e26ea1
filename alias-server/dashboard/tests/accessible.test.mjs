// WCAG 2.2 AA on every page, dialog and menu, in both themes and widths; and the whole way by keyboard alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { browse, open, Server, until, violations, visit } from './server.mjs';

let browser;
let server;

/** Every page; what a role or a state opens over them comes after. */
const PAGES = [
  '',
  '/aliases',
  '/aliases/smart',
  '/aliases/smart?tab=usage',
  '/aliases/smart?tab=access',
  '/aliases/smart?tab=history',
  '/aliases/smart?tab=settings',
  '/aliases/nowhere',
  '/catalog',
  '/access-groups',
  '/access-groups?view=matrix',
  '/access-groups/dev-models',
  '/organizations',
  '/organizations/org_dev',
  '/teams',
  '/teams/dev',
  '/teams/dev?tab=usage',
  '/teams/dev?tab=credits',
  '/usage',
  '/playground',
  '/explain',
  '/explain?team=dev&model=nope',
  '/activity',
  '/connect',
  '/settings',
  '/settings?tab=tokens',
  '/settings?tab=webhooks',
  '/settings?tab=health',
  '/settings?tab=about',
  '/no-such-page',
];

const OVERLAYS = [
  '/aliases?create',
  '/aliases?edit=smart',
  '/aliases?switch=smart',
  '/aliases?disable=smart',
  '/aliases?delete=smart',
  '/catalog?edit=openai%2Fgpt-4',
  '/access-groups?create',
  '/access-groups/dev-models?edit',
  '/access-groups/dev-models?delete',
  '/organizations?create',
  '/organizations/org_dev?edit',
  '/organizations/org_dev?standing',
  '/organizations/org_dev?delete',
  '/teams?create',
  '/teams/dev?edit',
  '/teams/dev?standing=paused',
  '/teams/dev?delete',
  '/teams/dev?credits',
  '/teams/dev?key',
  '/settings?create',
  '/settings?tab=tokens&create',
  '/settings?tab=webhooks&create',
];

const VIEWS = [
  { width: 1440, height: 900, theme: 'light' },
  { width: 1440, height: 900, theme: 'dark' },
  { width: 390, height: 844, theme: 'light' },
  { width: 390, height: 844, theme: 'dark' },
];

before(async () => {
  browser = await browse();
  server = await Server.start({ dev: true });
  const key = /Bearer (sk-[\w-]+)/.exec(server.log)[1];
  for (const model of ['smart', 'smart', 'gpt-4']) await server.call(key, model);
  await server.post('/api/model-aliases/create', { alias: 'gpt-4-0613', litellm_model: 'mistral/unknown', active: false });
  await server.request('PUT', '/api/model-aliases/smart', { litellm_model: 'openai/gpt-4-turbo' });
});
after(async () => {
  await browser?.close();
  await server?.end();
});

for (const view of VIEWS) {
  test(`no violation at ${view.width} px, ${view.theme}`, async () => {
    const page = await visit(browser, server, view);
    const found = [];
    const look = async (what) => {
      for (const one of await violations(page)) found.push(`${what}: ${one}`);
    };
    for (const path of PAGES) {
      await open(page, path);
      await look(path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${path}: ${wide} px too wide`);
    }
    for (const path of OVERLAYS) {
      await open(page, path);
      await page.getByRole('dialog').first().waitFor();
      await look(path);
    }
    assert.deepEqual(found, []);
    assert.deepEqual(page.faults, []);
  });
}

test('menus, the palette and the shortcuts have no violation', async () => {
  for (const theme of ['light', 'dark']) {
    const page = await visit(browser, server, { theme });
    const found = [];
    const look = async (what) => {
      for (const one of await violations(page)) found.push(`${theme}, ${what}: ${one}`);
    };
    await open(page, '/aliases');
    for (const name of ['Actions for smart', 'Columns and density', 'Theme', 'Export', 'Status', 'Account: Open mode']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('menu').waitFor();
      await look(name);
      await page.keyboard.press('Escape');
      await page.getByRole('menu').waitFor({ state: 'hidden' });
    }
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search or jump to…').last().fill('sma');
    await page.getByText('openai/gpt-4-turbo').last().waitFor();
    await look('palette');
    await page.keyboard.press('Escape');
    await page.getByPlaceholder('Search or jump to…').last().waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await look('shortcuts');
    assert.deepEqual(found, []);
  }
});

test('signing in and setting up have no violation', async () => {
  const closed = await Server.start({ env: { ALIAS_ADMIN_KEY: Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16)).join('') + 'zz9yy8' } });
  try {
    for (const theme of ['light', 'dark']) {
      const page = await visit(browser, closed, { theme });
      await page.goto('/ui');
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.deepEqual(await violations(page), []);
    }
  } finally {
    await closed.end();
  }
});

test('a drawer closes with Escape and with Back, and the focus returns', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.getByRole('dialog').waitFor();
  assert.match(page.url(), /create/);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Create Alias');
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.getByRole('dialog').waitFor();
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});
