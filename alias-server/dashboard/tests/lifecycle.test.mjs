// The end of an alias in the dashboard: deprecated, renamed, its callers looked at, and its teams told.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, until, visit } from './server.mjs';

serve({ dev: true });

/** In so many days, as the field for a moment takes it; the browser's time zone is UTC here. */
const NOW = Date.now();
const ahead = (days, time = '06:30') => `${new Date(NOW + days * 86_400_000).toISOString().slice(0, 10)}T${time}`;

const alias = async (name) => (await server.get(`/api/model-aliases/${name}`)).body;

for (const theme of ['light', 'dark']) {
  test(`an alias is deprecated with its end, a successor and a brown-out, and that is taken back (${theme})`, async () => {
    assert.equal(await server.call(server.devKey, 'smart'), 200);
    await until('the call is counted', async () => (await server.get('/api/model-aliases/smart/callers')).body.still_calling === 1);
    const page = await visit(browser, server, { timezoneId: 'UTC', theme });
    await open(page, '/aliases/smart');
    await page.getByRole('button', { name: 'Actions for smart' }).click();
    await page.getByRole('menuitem', { name: 'Deprecate…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Deprecate smart' });
    await dialog.getByText('1 team called it in the last 7 days: dev.').waitFor();
    await dialog.getByRole('textbox', { name: 'Sunset' }).fill(ahead(60));
    await dialog.getByRole('combobox', { name: 'Successor' }).fill('gpt-4');
    await page.keyboard.press('Escape');
    await dialog.getByRole('textbox', { name: 'Message' }).fill('Prompts stay.');
    await dialog.getByRole('button', { name: 'Add a window' }).click();
    await dialog.getByLabel('Window 1 from').fill(ahead(30));
    await dialog.getByLabel('Window 1 until').fill(ahead(30, '05:30'));
    await dialog.getByRole('button', { name: 'Deprecate alias' }).click();
    await dialog.getByText('must end later than it starts').first().waitFor();
    await dialog.getByLabel('Window 1 until').fill(ahead(30, '08:30'));
    await dialog.getByRole('button', { name: 'Deprecate alias' }).click();
    await page.getByText('Deprecated smart', { exact: true }).waitFor();
    const told = (await alias('smart')).deprecation;
    assert.deepEqual([told.sunset_at, told.replacement, told.message, told.at_sunset], [`${ahead(60)}:00Z`, 'gpt-4', 'Prompts stay.', 'block']);
    assert.deepEqual(told.brownouts, [{ starts_at: `${ahead(30)}:00Z`, ends_at: `${ahead(30, '08:30')}:00Z` }]);

    await open(page, '/aliases/smart?tab=access');
    const callers = page.getByRole('region', { name: 'Who calls it' });
    await callers.getByText('Next brown-out:').waitFor();
    await callers.getByRole('link', { name: 'dev', exact: true }).waitFor();
    await open(page, '/aliases?status=deprecated');
    await page.getByRole('link', { name: 'smart', exact: true }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'fast', exact: true }).count(), 0);
    await page.getByRole('button', { name: 'Actions for smart' }).click();
    await page.getByRole('menuitem', { name: 'Take deprecation back' }).click();
    await page.getByText('smart is deprecated no more').waitFor();
    assert.equal((await alias('smart')).deprecation, null);
    assert.deepEqual(page.faults, []);
  });
}

test('an alias gets another name, and the old one leads on to it', async () => {
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/aliases/fast?rename=fast');
  const dialog = page.getByRole('dialog', { name: 'Rename fast' });
  await dialog.getByRole('textbox', { name: 'New name' }).fill('quick');
  await dialog.getByLabel('Sunset of the old name').fill(ahead(90));
  await dialog.getByRole('button', { name: 'Rename alias' }).click();
  await page.getByText('fast is called quick now').waitFor();
  await page.waitForURL(/\/aliases\/quick/);
  assert.equal((await alias('fast')).litellm_model, 'alias/quick');
  assert.equal((await alias('fast')).sunset_at, `${ahead(90)}:00Z`);
  assert.equal(await server.call(server.devKey, 'fast'), 200);
});

test('a notice is written with words that follow from the alias, read by the team, changed and taken back', async () => {
  await server.request('PUT', '/api/model-aliases/vision', { litellm_model: 'openai/gpt-4o' });
  const page = await visit(browser, server, { timezoneId: 'UTC' });
  await open(page, '/settings?tab=notices&create=switch:vision');
  const form = page.getByRole('dialog', { name: 'Write notice' });
  const preview = form.getByRole('region', { name: 'What teams will read' });
  await preview.getByText('Model Changed: vision').waitFor();
  assert.ok(!(await preview.innerText()).includes('openai'));
  await form.getByRole('switch', { name: 'Name the models' }).check({ force: true });
  await preview.getByText('openai/gpt-4o in the place of').waitFor();
  await form.getByRole('textbox', { name: 'Title' }).fill('Vision sees more');
  await form.getByRole('button', { name: 'Publish notice' }).click();
  await page.getByText('Published, for 1 team').waitFor();
  const read = async () => (await server.get('/v1/notices', { authorization: `Bearer ${server.devKey}` })).body.notices;
  assert.equal((await read())[0].title, 'Vision sees more');
  await page.getByRole('button', { name: 'Edit Vision sees more' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit notice' });
  await editing.getByRole('textbox', { name: 'Text' }).fill('It reads tables, too.');
  await editing.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved the notice').waitFor();
  assert.equal((await read())[0].text, 'It reads tables, too.');
  await page.getByRole('button', { name: /Delete.* Vision sees more/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete notice' }).click();
  await page.getByText('Deleted the notice').waitFor();
  assert.deepEqual(await read(), []);
  assert.deepEqual(page.faults, []);
});

test('a notice of a new model has its description only where models may be named', async () => {
  await server.post('/api/model-aliases/create', { alias: 'opus', litellm_model: 'anthropic/claude-3-opus-20240229', description: 'Anthropic’s most able', access_groups: ['dev-models'] });
  const page = await visit(browser, server);
  await open(page, '/settings?tab=notices&create=new_model:opus');
  const form = page.getByRole('dialog', { name: 'Write notice' });
  const preview = form.getByRole('region', { name: 'What teams will read' });
  await preview.getByText('opus').first().waitFor();
  assert.ok(!(await preview.innerText()).includes('Anthropic'));
  await form.getByRole('switch', { name: 'Name the models' }).check({ force: true });
  await preview.getByText('Anthropic’s most able').waitFor();
  await form.getByRole('button', { name: 'Publish notice' }).click();
  await page.getByText('Published, for 1 team').waitFor();
  const [told] = (await server.get('/v1/notices', { authorization: `Bearer ${server.devKey}` })).body.notices;
  assert.ok(told.text.includes('Anthropic’s most able'));
  await open(page, '/settings?tab=notices&create=deprecation:opus');
  await form.getByRole('combobox', { name: 'Alias' }).waitFor();
  assert.equal(await form.getByRole('switch').count(), 0, 'a deprecation names no models');
  assert.deepEqual(page.faults, []);
});

test('the list shows what has no price, is not in the catalog, or is in no group', async () => {
  await server.post('/api/model-aliases/create', { alias: 'odd', litellm_model: 'mistral/unknown' });
  await server.post('/api/model-aliases/create', { alias: 'own-price', litellm_model: 'mistral/unknown', pricing_input: 1, pricing_output: 2, access_groups: ['dev-models'] });
  const page = await visit(browser, server);
  for (const [chip, there, gone] of [
    ['Unpriced', 'odd', 'own-price'],
    ['Not in catalog', 'own-price', 'gpt-4'],
    ['In no group', 'odd', 'own-price'],
  ]) {
    await open(page, '/aliases');
    await page.getByRole('button', { name: chip, exact: true }).click();
    await until(`${chip} to hold`, async () => (await page.getByRole('link', { name: there, exact: true }).count()) === 1 && (await page.getByRole('link', { name: gone, exact: true }).count()) === 0);
  }
});
