// What a team and its keys are held to: limits of a key, and credits that come by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, visit } from './server.mjs';

serve({ dev: true });

test('a key is made for one model only, and edited to have another', async () => {
  const page = await visit(browser, server);
  await open(page, '/teams/dev?key');
  await page.getByRole('textbox', { name: 'Name' }).fill('ci');
  await page.getByRole('combobox', { name: 'Models' }).fill('fast');
  await page.getByRole('option', { name: 'fast', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Create key' }).last().click();
  const shown = page.getByRole('dialog', { name: 'The key of dev' });
  const key = (await shown.getByLabel('key', { exact: true }).textContent()).trim();
  assert.equal(await server.call(key, 'fast'), 200);
  assert.notEqual(await server.call(key, 'smart'), 200);
  await shown.getByRole('checkbox', { name: 'I stored it' }).check();
  await shown.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Edit ci' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit ci' });
  await dialog.getByRole('combobox', { name: 'Models' }).press('Backspace');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Limits' }).click();
  await dialog.getByRole('textbox', { name: 'Calls a minute' }).fill('600');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved ci').waitFor();
  const kept = (await server.get('/api/teams/dev/keys')).body.keys.find((one) => one.name === 'ci');
  assert.deepEqual([kept.models ?? null, kept.rpm_limit, kept.expires_at ?? null], [null, 600, null]);
  assert.equal(await server.call(key, 'smart'), 200);
  assert.deepEqual(page.faults, []);
});

test('a refill is set up, shown and ended', async () => {
  const refill = async () => (await server.get('/api/credits/teams/dev/configure-auto-refill')).body;
  const page = await visit(browser, server);
  await open(page, '/teams/dev');
  await page.getByRole('button', { name: 'Set up a refill' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refill of dev' });
  await dialog.getByRole('textbox', { name: 'Credits' }).fill('500');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('500 more every month (UTC)').waitFor();
  assert.deepEqual([(await refill()).enabled, (await refill()).refill_amount], [true, 500]);
  await page.getByRole('button', { name: 'Change refill' }).click();
  await dialog.getByRole('button', { name: 'End it' }).click();
  await page.getByText('No refill: credits are added by hand').waitFor();
  assert.equal((await refill()).enabled, false);
  assert.deepEqual(page.faults, []);
});

test('a part of a credit is shown as the ledger has it, and never as none', async () => {
  await server.post('/api/credits/teams/dev/add', { credits: 0.0013 });
  const page = await visit(browser, server);
  await open(page, '/teams/dev?tab=credits');
  await page.getByText('+0.0013').waitFor();
  assert.equal(await page.getByText('+0', { exact: true }).count(), 0);
  await page.context().close();
});
