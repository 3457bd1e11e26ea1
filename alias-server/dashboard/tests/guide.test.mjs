// The user guide's own steps, by their labels; and the way from nothing to a first call.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

import { browser, open, serve, server, Server, until, visit } from './server.mjs';

serve({ dev: true });

test('the guide: Model Management, Aliases, Create Alias, fill in, Create', async () => {
  const page = await visit(browser, server);
  await open(page, '');
  await page.getByRole('link', { name: 'Model Management' }).click();
  await page.getByRole('link', { name: 'Aliases', exact: true }).first().click();
  await page.getByRole('button', { name: 'Create Alias' }).click();
  await page.locator('#alias-alias').fill('guided');
  await page.getByText('available').waitFor();
  await page.getByRole('combobox', { name: 'LiteLLM Model' }).fill('openai/gpt-4');
  await page.getByText('8,192 tokens of context').first().waitFor();
  await page.getByRole('textbox', { name: 'Description' }).fill('Made as the guide says');
  assert.ok(await page.getByRole('switch', { name: 'Active' }).isChecked());
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created guided. Alias is ready to use').waitFor();
  const made = await server.get('/api/model-aliases/guided');
  assert.equal(made.body.litellm_model, 'openai/gpt-4');
  assert.equal(made.body.description, 'Made as the guide says');
  assert.deepEqual(page.faults, []);
});

test('what is wrong is said beside the field, and nothing is made', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('smart');
  await page.getByRole('link', { name: 'Open smart' }).waitFor();
  await page.locator('#alias-alias').fill('bad name!');
  await page.locator('#alias-litellm_model').fill('gpt-4');
  await page.getByText('must look like provider/model-name').first().waitFor();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'litellm_model' }).waitFor();
  assert.equal((await server.get('/api/model-aliases?q=bad')).body.total, 0);
});

test('alias, group, organization, team, key, and the first call with it', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('first');
  await page.locator('#alias-litellm_model').fill('openai/gpt-3.5-turbo');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created first').waitFor();

  await open(page, '/access-groups');
  await page.getByRole('button', { name: 'Create Access Group' }).click();
  await page.getByRole('textbox', { name: 'Group name' }).fill('starter-models');
  await page.getByRole('combobox', { name: 'Aliases' }).fill('first');
  await page.getByRole('option', { name: 'first', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created starter-models').waitFor();

  await open(page, '/organizations');
  await page.getByRole('button', { name: 'Create Organization' }).click();
  await page.getByRole('textbox', { name: 'Organization id' }).fill('org_newclient');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('New Client Inc');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Created New Client Inc').waitFor();

  await open(page, '/teams');
  await page.getByRole('button', { name: 'Create Team' }).click();
  await page.getByRole('combobox', { name: 'Organization' }).click();
  await page.getByRole('option', { name: 'org_newclient (New Client Inc)' }).click();
  await page.getByRole('textbox', { name: 'Team id' }).fill('newclient-prod');
  await page.getByRole('combobox', { name: 'Access groups' }).fill('starter');
  await page.getByRole('option', { name: 'starter-models' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Create', exact: true }).click();

  const dialog = page.getByRole('dialog', { name: 'The key of newclient-prod' });
  const key = (await dialog.getByLabel('key', { exact: true }).textContent()).trim();
  assert.match(key, /^sk-/);
  const close = dialog.getByRole('button', { name: 'Close' });
  assert.ok(await close.isDisabled(), 'it cannot be closed before the key is stored');
  await dialog.getByRole('checkbox', { name: 'I stored it' }).check();
  await close.click();

  assert.equal(await server.call(key, 'first'), 200);
  await open(page, '/playground');
  await page.getByRole('textbox', { name: 'Key' }).fill(key);
  await page.getByRole('button', { name: 'Load models' }).click();
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('ms in all').waitFor();
  await until('the count of the calls', async () => (await server.get('/api/model-aliases/first')).body.usage_count === 2);
  assert.deepEqual(page.faults, []);
});

test('a starter set makes the aliases that were chosen, and no others', async () => {
  const fresh = await Server.start();
  try {
    const page = await visit(browser, fresh);
    await open(page, '');
    await page.getByRole('button', { name: 'Pick a starter set' }).click();
    await page.getByText('Generic', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'vision' }).uncheck();
    await page.getByRole('button', { name: 'Create 3 aliases' }).click();
    await page.getByText('Created 3 aliases').waitFor();
    const names = (await fresh.get('/api/model-aliases')).body.aliases.map((one) => one.alias);
    assert.deepEqual(names, ['balanced', 'fast', 'smart']);
  } finally {
    await fresh.end();
  }
});

test('every snippet names this server and the model, and the one for curl works as it stands', async () => {
  const key = server.devKey;
  const page = await visit(browser, server);
  await open(page, '/connect?team=dev&model=smart');
  const names = await page.getByRole('tab').allTextContents();
  assert.deepEqual(names, ['curl', 'Python', 'JavaScript', 'LangChain', 'LlamaIndex', 'Vercel AI SDK', 'LiteLLM SDK', 'Rust', 'Claude Code', 'Codex', 'Cursor']);
  const codes = {};
  for (const name of names) {
    await page.getByRole('tab', { name, exact: true }).click();
    codes[name] = await page.getByLabel(`${name} code`, { exact: true }).textContent();
    for (const part of [server.url, 'smart', 'sk-…']) assert.ok(codes[name].includes(part), `${name} lacks ${part}`);
  }
  // It adds /v1 itself.
  assert.ok(codes['Claude Code'].includes(`"${server.url}"`));
  const answer = JSON.parse(execFileSync('bash', ['-c', codes.curl.replace('sk-…', key)], { stdio: ['ignore', 'pipe', 'ignore'] }));
  assert.equal(answer.model, 'smart');
});
