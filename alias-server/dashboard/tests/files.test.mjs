// The catalogue as a file: saved from the page, planned and applied there, and single objects as YAML.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { parse } from 'yaml';

import { browser, open, serve, server, visit } from './server.mjs';

serve({ dev: true });

const choose = (page, text, name = 'aliases.yaml') => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) });

const target = async (alias) => (await server.get(`/api/model-aliases/${alias}`)).body.litellm_model;

test('the exported file says what the server exports, as YAML and as JSON', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?tab=files');
  const exported = (await server.get('/api/export')).body;
  for (const [name, read] of [['Download YAML', parse], ['Download JSON', JSON.parse]]) {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    assert.deepEqual(read(await readFile(await (await saved).path(), 'utf8')), exported);
  }
  assert.deepEqual(page.faults, []);
});

test('a file is planned, changes nothing before that is agreed to, and everything then', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?tab=files');
  await choose(page, 'version: 1\naliases:\n  fast: openai/gpt-4-turbo # was gpt-3.5\n  brought: {litellm_model: openai/gpt-4}\naccess_groups:\n  dev-models: {model_aliases: [fast, brought]}\n');
  await page.getByText('1 to create, 2 to change, 0 to delete').waitFor();
  await page.getByText('1 team loses access to aliases.').waitFor();
  await page.getByText('dev: claude-3-opus, claude-3-sonnet', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'What changes' }).click();
  await page.getByText('Change alias fast (1 team)').waitFor();
  assert.equal(await target('fast'), 'openai/gpt-3.5-turbo', 'a plan changes nothing');
  await page.getByRole('textbox', { name: 'Reason' }).fill('quarterly review');
  await page.getByRole('button', { name: 'Apply 3 changes' }).click();
  await page.getByText('Applied 3 changes').waitFor();
  assert.equal(await target('fast'), 'openai/gpt-4-turbo');
  assert.equal(await target('brought'), 'openai/gpt-4');
  assert.equal((await server.get('/api/audit?target=brought')).body.records[0].reason, 'quarterly review');

  await choose(page, 'version: 1\naliases: {fast: openai/gpt-4-turbo}\n');
  await page.getByText('Everything is as the file says already.').waitFor();
  assert.deepEqual(page.faults, []);
});

test('what is wrong with a file is said by its line or its field, and nothing is done', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?tab=files');
  await choose(page, 'version: 1\naliases:\n  a: openai/gpt-4\n  a: openai/gpt-4-turbo\n');
  await page.getByRole('alert').filter({ hasText: 'line 4' }).waitFor();
  await choose(page, 'version: 1\naliases: {wrong: gpt-4}\n');
  await page.getByRole('alert').filter({ hasText: 'aliases.wrong.litellm_model' }).waitFor();
  await choose(page, '- a list\n');
  await page.getByRole('alert').filter({ hasText: 'version: 1' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Apply/ }).count(), 0);
});

test('a plan that somebody outdates is not applied, and shown anew', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?tab=files');
  await choose(page, 'version: 1\naliases: {vision: openai/gpt-4-turbo}\n');
  await page.getByText('0 to create, 1 to change').waitFor();
  await server.request('PUT', '/api/model-aliases/vision', { litellm_model: 'openai/gpt-4' });
  await page.getByRole('button', { name: 'Apply 1 change' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await target('vision'), 'openai/gpt-4');
  await page.getByRole('button', { name: 'Apply 1 change' }).click();
  await page.getByText('Applied 1 change').waitFor();
  assert.equal(await target('vision'), 'openai/gpt-4-turbo');
});

test('deleting what a file does not name is asked for, and shown before', async () => {
  await server.post('/api/apply', { document: { version: 1, managed_by: 'team-x', aliases: { kept: 'openai/gpt-4', dropped: 'openai/gpt-4' } } });
  const page = await visit(browser, server);
  await open(page, '/settings?tab=files');
  await choose(page, 'version: 1\nmanaged_by: team-x\naliases: {kept: openai/gpt-4}\n');
  await page.getByText('Everything is as the file says already.').waitFor();
  await page.getByRole('checkbox', { name: 'Delete what the file does not name' }).check();
  await page.getByText('0 to create, 0 to change, 1 to delete').waitFor();
  await page.getByRole('button', { name: 'Apply 1 change' }).click();
  await page.getByText('Applied 1 change').waitFor();
  assert.equal((await server.get('/api/model-aliases/dropped')).status, 404);
});

test('an object is shown as YAML that the server takes', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases');
  await page.getByRole('button', { name: 'Actions for gpt-4', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Copy as curl or YAML' }).click();
  const document = parse(await page.getByLabel('YAML', { exact: true }).textContent());
  assert.equal(document.aliases['gpt-4'].litellm_model, 'openai/gpt-4');
  const plan = await server.post('/api/apply', { document, dry_run: true });
  assert.deepEqual([plan.changes, plan.summary.unchanged], [[], 1]);

  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('drafted');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4');
  await page.getByRole('textbox', { name: 'Description' }).fill('Only drafted: not made');
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  const drafted = parse(await page.getByLabel('YAML', { exact: true }).textContent());
  assert.deepEqual(drafted, { version: 1, aliases: { drafted: { litellm_model: 'openai/gpt-4', description: 'Only drafted: not made' } } });
});
