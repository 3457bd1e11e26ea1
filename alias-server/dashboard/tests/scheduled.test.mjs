// Changes with a moment of their own: made in the dialogs that make them at once, shown, and taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, until, visit } from './server.mjs';

serve({ dev: true });

/** Tomorrow, as the field for a moment takes it; the browser's time zone is UTC here. */
const TOMORROW = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T06:30`;

const waiting = async (alias) => (await server.get(`/api/model-aliases/${alias}/schedule`)).body.scheduled;

test('a switch is scheduled, shown on the page and in the list, and taken back', async () => {
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/aliases/smart?switch=smart');
  const dialog = page.getByRole('dialog', { name: 'Switch provider of smart' });
  await dialog.getByRole('combobox', { name: 'To' }).fill('anthropic/claude-3-opus-20240229');
  await page.keyboard.press('Escape');
  await dialog.getByLabel('From when on').fill(TOMORROW);
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('after the release');
  await dialog.getByRole('button', { name: 'Schedule the switch' }).click();
  await page.getByText(/^Scheduled for .* smart points to anthropic\/claude-3-opus-20240229$/).waitFor();
  const [change] = await waiting('smart');
  assert.deepEqual([change.effective_at, change.change.litellm_model, change.reason], [`${TOMORROW}:00Z`, 'anthropic/claude-3-opus-20240229', 'after the release']);
  assert.equal((await server.get('/api/model-aliases/smart')).body.litellm_model, 'openai/gpt-4', 'nothing is switched before');

  await open(page, '/aliases?q=smart');
  await page.getByText('Switch to anthropic/claude-3-opus-20240229').waitFor();
  await open(page, '/aliases/smart');
  await page.getByRole('region', { name: 'Scheduled' }).getByText('after the release').waitFor();
  await page.getByRole('button', { name: 'Take back Switch to anthropic/claude-3-opus-20240229' }).click();
  await page.getByText('Taken back: Switch to').waitFor();
  assert.deepEqual(await waiting('smart'), []);
  assert.deepEqual(page.faults, []);
});

test('a switch is scheduled as a canary: share, guardrails and date in the one dialog, and what is wrong stands at its field', async () => {
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/aliases/fast?switch=fast');
  const dialog = page.getByRole('dialog', { name: 'Switch provider of fast' });
  await dialog.getByRole('combobox', { name: 'To' }).fill('openai/gpt-4o');
  await page.keyboard.press('Escape');
  assert.equal(await dialog.getByLabel('Canary').count(), 0, 'all callers are no canary');
  await dialog.getByRole('textbox', { name: 'Callers' }).fill('5');
  await dialog.getByLabel('Canary').check();
  await dialog.getByLabel('Errors').fill('3');
  await dialog.getByLabel('Seconds').fill('1');
  await dialog.getByLabel('From when on').fill(TOMORROW);
  await dialog.getByRole('button', { name: 'Schedule the switch' }).click();
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await dialog.getByLabel('Seconds').getAttribute('aria-invalid'), 'true');
  assert.deepEqual(await waiting('fast'), []);
  await dialog.getByLabel('Seconds').fill('600');
  await dialog.getByRole('button', { name: 'Schedule the switch' }).click();
  await page.getByText(/^Scheduled for .* 5 % of the callers of fast go to openai\/gpt-4o$/).waitFor();
  const [change] = await waiting('fast');
  assert.deepEqual(change.change.split, [{ litellm_model: 'openai/gpt-4o', share: 5, guardrails: { error_rate: 3, p95_duration: 50, min_calls: 50, window_seconds: 600 } }]);
  const scheduled = page.getByRole('region', { name: 'Scheduled' });
  await scheduled.getByText('5 % of callers to openai/gpt-4o').waitFor();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await until('the undoing', async () => (await waiting('fast')).length === 0);
  assert.deepEqual(page.faults, []);
});

test('a deletion is scheduled from its dialog, which stays on the page, and undone', async () => {
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/aliases/fast?delete=fast');
  const dialog = page.getByRole('dialog', { name: 'Delete fast?' });
  await dialog.getByLabel('From when on').fill(TOMORROW);
  await dialog.getByRole('button', { name: 'Schedule the deletion' }).click();
  await page.getByText(/^Scheduled for .* delete fast$/).waitFor();
  assert.equal((await waiting('fast'))[0].action, 'delete');
  assert.equal((await server.get('/api/model-aliases/fast')).status, 200);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await waiting('fast')).length === 0);
});

test('a moment that has passed is said at its field', async () => {
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/aliases/vision?disable=vision');
  const dialog = page.getByRole('dialog', { name: 'Disable vision?' });
  await dialog.getByLabel('From when on').fill('2020-01-01T00:00');
  await dialog.getByRole('button', { name: 'Schedule it' }).click();
  await dialog.getByText('has passed').first().waitFor();
  assert.equal((await server.get('/api/model-aliases/vision')).body.active, true);
});
