// WCAG 2.2 AA on every page, dialog and menu, in both themes and widths; and the whole way by keyboard alone.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';

import { furnish, OVERLAYS, PAGES } from './pages.mjs';
import { browser, open, serve, server, Server, until, violations, visit } from './server.mjs';

const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const THEMES = ['light', 'dark'];

/** How many pages are looked at at a time: as many as the machine can. */
const EYES = Math.min(4, availableParallelism());

serve({ dev: true }, furnish);

/** Everything is drawn as it stays: two frames on, and what moves has moved. */
const shown = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
    await new Promise(requestAnimationFrame);
  });

/** What is wrong with a page as it stands, in every width and theme. */
async function lookAround(page, path) {
  const found = [];
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((theme) => document.documentElement.dataset.mantineColorScheme === theme, colorScheme);
      await shown(page);
      for (const one of await violations(page)) found.push(`${path} at ${size.width} px, ${colorScheme}: ${one}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) found.push(`${path} at ${size.width} px: ${wide} px too wide`);
  }
  return found;
}

test('no page and no overlay has a violation, in light and dark, at 1440 and 390 px', async () => {
  const left = [...PAGES.map((path) => ({ path })), ...OVERLAYS.map((path) => ({ path, over: true }))];
  const found = [];
  const eye = async () => {
    const page = await visit(browser, server);
    for (let next = left.shift(); next; next = left.shift()) {
      await page.setViewportSize(WIDTHS[0]);
      await open(page, next.path);
      if (next.over) await page.getByRole('dialog').first().waitFor();
      found.push(...(await lookAround(page, next.path)));
    }
    found.push(...page.faults);
    await page.context().close();
  };
  await Promise.all(Array.from({ length: EYES }, eye));
  assert.deepEqual(found, []);
});

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
    await page.locator('[data-action][data-selected]').first().waitFor();
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

test('create, grant and delete by keyboard alone, and the focus is never lost', async () => {
  const page = await visit(browser, server);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const isAt = (target) => target.evaluate((element) => element === document.activeElement);
  const comesTo = (target) => until(`the focus on ${target}`, () => isAt(target));
  const tabTo = async (target, key = 'Tab') => {
    for (let n = 0; n < 80; n += 1) {
      if (await isAt(target)) return;
      await press(key);
    }
    assert.fail(`the focus never came to ${target}`);
  };
  const button = (name) => page.getByRole('button', { name, exact: true });
  await open(page, '');
  await until('the list of aliases', async () => {
    await press('g', 'a');
    await page.getByRole('heading', { name: 'Aliases', level: 1 }).waitFor({ timeout: 5_000 });
    return true;
  });
  await comesTo(page.locator('#main'));
  await button('Create Alias').waitFor();
  await press('c');
  await comesTo(page.locator('#alias-alias'));
  await page.keyboard.type('typed');
  await tabTo(page.locator('#alias-litellm_model'));
  await page.keyboard.type('openai/gpt-4');
  await press('Escape');
  await tabTo(button('Create'));
  await press('Enter');
  await page.getByText('Created typed').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await press('Control+k');
  const search = page.getByRole('dialog').getByPlaceholder('Search or jump to…');
  await comesTo(search);
  await page.keyboard.type('typed');
  await page.locator('[data-action][data-selected]').filter({ hasText: 'typed' }).filter({ hasText: 'openai/gpt-4' }).waitFor();
  await press('Enter');
  await page.getByRole('heading', { name: 'typed', level: 1 }).waitFor();
  await search.waitFor({ state: 'hidden' });
  await comesTo(page.locator('#main'));
  await tabTo(page.getByRole('tab', { name: 'Overview' }));
  await press('ArrowRight');
  await comesTo(page.getByRole('tab', { name: 'Usage', selected: true }));
  await press('ArrowRight');
  await comesTo(page.getByRole('tab', { name: 'Access', selected: true }));
  const group = page.getByRole('combobox', { name: 'Add to group' });
  await tabTo(group);
  await page.keyboard.type('dev-models');
  await page.getByRole('option', { name: 'dev-models' }).waitFor();
  await press('ArrowDown', 'Enter');
  await tabTo(button('Add'));
  await press('Enter');
  await page.getByText('Added typed to dev-models').waitFor();
  await comesTo(group);
  assert.deepEqual((await server.get('/api/model-aliases/typed')).body.access_groups, ['dev-models']);

  const menu = button('Actions for typed');
  await tabTo(menu, 'Shift+Tab');
  await press('Enter');
  await comesTo(page.getByRole('menuitem', { name: 'Copy name' }));
  await press('Escape');
  await comesTo(menu);
  await press('Enter');
  await comesTo(page.getByRole('menuitem', { name: 'Copy name' }));
  await press('ArrowUp');
  await comesTo(page.getByRole('menuitem', { name: 'Delete…' }));
  await press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Delete typed?' });
  await dialog.getByText(/loses? access/).first().waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await comesTo(menu);
  await press('Enter');
  await comesTo(page.getByRole('menuitem', { name: 'Copy name' }));
  await press('End', 'Enter');
  await dialog.getByText(/loses? access/).first().waitFor();
  await tabTo(dialog.getByRole('button', { name: 'Delete alias' }));
  await press('Enter');
  await page.getByText('Deleted typed').waitFor();
  await page.getByRole('heading', { name: 'Aliases', level: 1 }).waitFor();
  await comesTo(page.locator('#main'));
  assert.equal((await server.get('/api/model-aliases/typed')).status, 404);
});

test('a drawer closes with Escape and with Back, and the focus returns', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.getByRole('dialog').waitFor();
  assert.match(page.url(), /create/);
  await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]'));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Create Alias');
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.getByRole('dialog').waitFor();
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('Escape closes what lies on top, and keeps what was typed beneath', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  const form = page.getByRole('dialog', { name: 'Create Alias' });
  await form.locator('#alias-alias').fill('kept');
  await form.getByRole('button', { name: 'Copy as curl' }).click();
  const command = page.getByRole('dialog', { name: 'As a command or a file' });
  await command.getByText('"alias": "kept"').waitFor();
  await page.keyboard.press('Escape');
  await command.waitFor({ state: 'hidden' });
  assert.match(page.url(), /create/, 'the form is open');
  assert.equal(await form.locator('#alias-alias').inputValue(), 'kept');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Close without saving?' }).getByRole('button', { name: 'Discard changes' }).click();
  await form.waitFor({ state: 'hidden' });
});
