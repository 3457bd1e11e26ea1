// Changing what others rely on: conflicts, impact, undo, switching and going back, and what a client sees of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, until, visit } from './server.mjs';

let keys;

serve({ dev: true }, async () => {
  await server.post('/api/model-access-groups/create', { group_name: 'gpt-models', model_aliases: ['gpt-4', 'smart'] });
  await server.post('/api/model-access-groups/create', { group_name: 'premium-models', model_aliases: ['gpt-4'] });
  await server.post('/api/organizations/create', { organization_id: 'org_acme', name: 'ACME' });
  keys = {};
  for (const [team, groups] of [['acme-prod', ['gpt-models']], ['acme-dev', ['gpt-models', 'premium-models']], ['acme-idle', ['premium-models']]]) {
    const made = await server.post('/api/teams/create', { organization_id: 'org_acme', team_id: team, access_groups: groups, credits_allocated: 1000 });
    keys[team] = made.virtual_key;
  }
});

test('two browsers edit one alias: the second chooses field by field', async () => {
  const [mine, theirs] = [await visit(browser, server), await visit(browser, server)];
  await open(mine, '/aliases/fast?edit=fast');
  await open(theirs, '/aliases/fast?edit=fast');
  await theirs.getByRole('textbox', { name: 'Description' }).fill('theirs');
  await theirs.getByRole('button', { name: 'Save', exact: true }).click();
  await theirs.getByText('Saved fast').waitFor();

  await mine.getByRole('textbox', { name: 'Description' }).fill('mine');
  await mine.locator('#alias-litellm_model').fill('openai/gpt-4-turbo');
  await mine.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = mine.getByRole('dialog', { name: 'fast was changed meanwhile' });
  await dialog.getByRole('radio', { name: 'Description, theirs: theirs' }).check();
  await dialog.getByRole('button', { name: 'Save choice' }).click();
  await mine.getByText('Saved fast').waitFor();
  const now = (await server.get('/api/model-aliases/fast')).body;
  assert.deepEqual([now.description, now.litellm_model], ['theirs', 'openai/gpt-4-turbo']);
});

test('deleting says who loses what, and undo brings all of it back', async () => {
  for (let n = 0; n < 3; n += 1) assert.equal(await server.call(keys['acme-prod'], 'gpt-4'), 200);
  await until('the count', async () => (await server.get('/api/model-aliases/gpt-4')).body.usage_count >= 3);
  const before = (await server.get('/api/model-aliases/gpt-4')).body;
  const page = await visit(browser, server);
  await open(page, '/aliases?delete=gpt-4');
  const dialog = page.getByRole('dialog', { name: 'Delete gpt-4?' });
  await dialog.getByText(`${before.teams_with_access} teams lose access.`).waitFor();
  await dialog.getByText('1 of them called it 3 times in the last 7 days.').waitFor();
  await dialog.getByText('removed from 3 access groups').waitFor();
  await dialog.getByText('keep another name of the same model: smart').waitFor();
  const button = dialog.getByRole('button', { name: 'Delete alias' });
  assert.ok(await button.isDisabled(), 'an alias in use asks for its name');
  await dialog.getByRole('textbox', { name: 'Type gpt-4 to delete it' }).fill('gpt-4');
  await button.click();
  await page.getByText('Deleted gpt-4').waitFor();
  assert.equal((await server.get('/api/model-aliases/gpt-4')).status, 404);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the restoration', async () => (await server.get('/api/model-aliases/gpt-4')).status === 200);
  const after = (await server.get('/api/model-aliases/gpt-4')).body;
  assert.deepEqual([after.id, after.access_groups], [before.id, before.access_groups]);
  assert.equal(await server.call(keys['acme-prod'], 'gpt-4'), 200);
});

test('what is shown is what is done: a change meanwhile is shown before the deletion', async () => {
  await server.post('/api/model-aliases/create', { alias: 'held', litellm_model: 'openai/gpt-4' });
  const page = await visit(browser, server);
  await open(page, '/aliases?delete=held');
  const dialog = page.getByRole('dialog', { name: 'Delete held?' });
  await dialog.getByText('No team can use held now.').waitFor();
  await server.post('/api/model-access-groups/premium-models/add-models', { model_aliases: ['held'] });
  await dialog.getByRole('button', { name: 'Delete alias' }).click();
  await dialog.getByText('2 teams lose access.').waitFor();
  assert.equal((await server.get('/api/model-aliases/held')).status, 200, 'nothing was deleted');
  await dialog.getByRole('button', { name: 'Delete alias' }).click();
  await page.getByText('Deleted held').waitFor();
});

test('a deleted alias can be restored from its own page', async () => {
  await server.post('/api/model-aliases/create', { alias: 'gone', litellm_model: 'openai/gpt-4' });
  await server.request('DELETE', '/api/model-aliases/gone');
  const page = await visit(browser, server);
  await open(page, '/aliases/gone');
  await page.getByRole('button', { name: 'Restore gone' }).click();
  await page.getByText('Restored gone').waitFor();
  await page.getByRole('tab', { name: 'History' }).waitFor();
});

test('the provider is switched and rolled back, and a client notices neither', async () => {
  const target = async () => (await server.get('/api/model-aliases/smart')).body.litellm_model;
  const page = await visit(browser, server);
  await open(page, '/aliases/smart');
  await page.getByRole('button', { name: 'Switch provider…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Switch provider of smart' });
  await dialog.getByRole('combobox', { name: 'To' }).fill('anthropic/claude-3-opus-20240229');
  await dialog.getByText('−50 %').waitFor();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Claude is better at it');
  await dialog.getByRole('button', { name: 'Switch provider' }).click();
  await page.getByText('smart now points to anthropic/claude-3-opus-20240229').waitFor();
  assert.equal(await target(), 'anthropic/claude-3-opus-20240229');
  assert.equal(await server.call(keys['acme-prod'], 'smart'), 200);

  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByText('“Claude is better at it”').waitFor();
  await page.getByRole('button', { name: 'Roll back to version 1' }).click();
  await page.getByRole('button', { name: 'Roll back', exact: true }).click();
  await page.getByText('smart is as it was in version 1').waitFor();
  assert.equal(await target(), 'openai/gpt-4');
  assert.equal(await server.call(keys['acme-prod'], 'smart'), 200);
});

test('a group is changed in two panes, saved, and taken back', async () => {
  const members = async () => (await server.get('/api/model-access-groups/premium-models')).body.model_aliases.map((one) => one.alias).sort();
  const page = await visit(browser, server);
  await open(page, '/access-groups/premium-models');
  await page.getByRole('button', { name: 'Add smart' }).click();
  await page.getByText('+ smart: 2 teams gain it.').waitFor();
  assert.deepEqual(await members(), ['gpt-4'], 'nothing counts before it is saved');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved premium-models').waitFor();
  assert.deepEqual(await members(), ['gpt-4', 'smart']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await members()).length === 1);
});

test('the matrix says through which group a team can call', async () => {
  const page = await visit(browser, server);
  await open(page, '/access-groups?view=matrix&q=gpt-4');
  await page.getByRole('img', { name: 'acme-dev, gpt-4: through gpt-models, premium-models' }).waitFor();
  assert.equal(await page.getByRole('img', { name: /^acme-idle, gpt-4:/ }).count(), 1);
});

test('a group granted to a team is callable at once, and a taken one is not', async () => {
  const page = await visit(browser, server);
  assert.equal(await server.call(keys['acme-idle'], 'smart'), 403);
  await open(page, '/teams/acme-idle');
  await page.getByRole('combobox', { name: 'Grant a group' }).click();
  await page.getByRole('option', { name: 'gpt-models' }).click();
  await page.getByRole('button', { name: 'Grant', exact: true }).click();
  await page.getByText('Granted gpt-models to acme-idle').waitFor();
  assert.equal(await server.call(keys['acme-idle'], 'smart'), 200);
  await page.getByRole('button', { name: 'Take gpt-models from acme-idle' }).click();
  await until('the taking', async () => (await server.call(keys['acme-idle'], 'smart')) !== 200);
});

test('a key is rotated, and a team paused and resumed', async () => {
  const page = await visit(browser, server);
  await open(page, '/teams/acme-dev');
  await page.getByRole('button', { name: 'Rotate default' }).click();
  await page.getByRole('combobox', { name: 'The old key ends' }).click();
  await page.getByRole('option', { name: 'at once' }).click();
  await page.getByRole('button', { name: 'Rotate key' }).click();
  const dialog = page.getByRole('dialog', { name: 'The key of acme-dev' });
  const fresh = (await dialog.getByLabel('key', { exact: true }).textContent()).trim();
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  assert.equal(await server.call(fresh, 'gpt-4'), 200);
  assert.equal(await server.call(keys['acme-dev'], 'gpt-4'), 401);

  await page.getByRole('button', { name: 'Actions for acme-dev' }).click();
  await page.getByRole('menuitem', { name: 'Pause…' }).click();
  await page.getByRole('button', { name: 'Pause team' }).click();
  await page.getByText('Paused acme-dev').waitFor();
  assert.equal(await server.call(fresh, 'gpt-4'), 429);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the resuming', async () => (await server.call(fresh, 'gpt-4')) === 200);
});

test('several aliases are disabled at once, and taken back at once', async () => {
  for (const alias of ['many-1', 'many-2', 'many-3']) await server.post('/api/model-aliases/create', { alias, litellm_model: 'openai/gpt-4' });
  await server.post('/api/model-access-groups/premium-models/add-models', { model_aliases: ['many-1'] });
  const active = async () => (await server.get('/api/model-aliases?q=many-&active=true')).body.total;
  const page = await visit(browser, server);
  await open(page, '/aliases?q=many-');
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByRole('button', { name: 'Disable…' }).click();
  await page.getByText('2 teams lose at least one of them.').waitFor();
  await page.getByText('acme-idle: 1 alias, 0 calls').waitFor();
  await page.getByRole('button', { name: 'Disable 3 aliases' }).click();
  await page.getByText('Disabled 3 aliases').waitFor();
  assert.equal(await active(), 0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await active()) === 3);

  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByRole('button', { name: 'Add tag…' }).click();
  await page.getByRole('textbox', { name: 'Tag' }).fill('batch');
  await page.getByRole('button', { name: 'Add tag', exact: true }).click();
  await page.getByText('Tagged 3 aliases').waitFor();
  assert.equal((await server.get('/api/model-aliases?tag=batch')).body.total, 3);
});

test('many are taken back although one of them cannot be, and that is said', async () => {
  const names = ['bulk-1', 'bulk-2', 'bulk-3'];
  for (const alias of names) await server.post('/api/model-aliases/create', { alias, litellm_model: 'openai/gpt-4' });
  const page = await visit(browser, server);
  await open(page, '/aliases?q=bulk-');
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete 3 aliases' }).click();
  await page.getByText('Deleted 3 aliases').waitFor();
  await server.post('/api/model-aliases/create', { alias: 'bulk-1', litellm_model: 'openai/gpt-4-turbo' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/^1 of 3 was not taken back\. bulk-1: /).waitFor();
  assert.equal((await server.get('/api/model-aliases?q=bulk-')).body.total, 3);
  await page.getByRole('link', { name: 'bulk-3', exact: true }).waitFor();
});

test('a part of the callers is moved to another target, then all of them', async () => {
  await server.post('/api/model-aliases/create', { alias: 'canary', litellm_model: 'openai/gpt-4' });
  const now = async () => (await server.get('/api/model-aliases/canary')).body;
  const page = await visit(browser, server);
  await open(page, '/aliases/canary?switch=canary');
  const dialog = page.getByRole('dialog', { name: 'Switch provider of canary' });
  await dialog.getByRole('combobox', { name: 'To' }).fill('openai/gpt-4-turbo');
  await page.keyboard.press('Escape');
  await dialog.getByRole('textbox', { name: 'Callers' }).fill('5');
  await dialog.getByRole('button', { name: 'Switch provider' }).click();
  await page.getByText('5 % of the callers of canary go to openai/gpt-4-turbo').waitFor();
  assert.deepEqual([(await now()).litellm_model, (await now()).split], ['openai/gpt-4', [{ litellm_model: 'openai/gpt-4-turbo', share: 5 }]]);
  await page.getByRole('button', { name: 'Move all callers to openai/gpt-4-turbo' }).click();
  await page.getByText('canary now points to openai/gpt-4-turbo').waitFor();
  assert.deepEqual([(await now()).litellm_model, (await now()).split], ['openai/gpt-4-turbo', []]);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await until('the undoing', async () => (await now()).split.length === 1);
});

test('fallbacks are added in the form, in their order', async () => {
  await server.post('/api/model-aliases/create', { alias: 'steady', litellm_model: 'openai/gpt-4', fallbacks: [{ litellm_model: 'openai/gpt-4-turbo', on: ['rate_limited'] }] });
  const page = await visit(browser, server);
  await open(page, '/aliases/steady?edit=steady');
  await page.getByRole('button', { name: 'Fallbacks' }).click();
  await page.locator('#alias-fallbacks').fill('openai/gpt-3.5-turbo');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved steady').waitFor();
  const [first, second] = (await server.get('/api/model-aliases/steady')).body.fallbacks;
  assert.deepEqual([first.litellm_model, first.on, second.litellm_model], ['openai/gpt-4-turbo', ['rate_limited'], 'openai/gpt-3.5-turbo']);
});

test('why a team cannot use a model is told, and the fix that is offered mends it', async () => {
  const page = await visit(browser, server);
  await open(page, '/explain?team=acme-idle&model=smart');
  await page.getByText('It is refused').waitFor();
  await page.getByText('What mends it').waitFor();
  await page.getByRole('button', { name: 'As a command' }).first().click();
  await page.getByLabel('curl command', { exact: true }).waitFor();
  await server.request('PUT', '/api/teams/acme-idle/access-groups', { access_groups: ['premium-models', 'gpt-models'] });
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.reload();
  await page.getByText('It is served').waitFor();
});

test('an alias is tested with a real call before it is made', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?create');
  await page.locator('#alias-alias').fill('untested');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4-turbo');
  await page.getByRole('textbox', { name: 'Prompt' }).press('Enter');
  await page.getByText('It answered').waitFor();
  await page.getByText('ms to the first token').waitFor();
  assert.equal((await server.get('/api/model-aliases/untested')).status, 404, 'a test makes nothing');
});

test('deleting a group says which team loses which alias, and only what no other group gives', async () => {
  await server.post('/api/model-access-groups/create', { group_name: 'brief-models', model_aliases: ['vision', 'gpt-4'] });
  const groups = (await server.get('/api/teams/acme-dev')).body.access_groups;
  await server.request('PUT', '/api/teams/acme-dev/access-groups', { access_groups: [...groups, 'brief-models'] });
  const page = await visit(browser, server);
  await open(page, '/access-groups/brief-models?delete');
  const dialog = page.getByRole('dialog', { name: 'Delete brief-models?' });
  await dialog.getByText('acme-dev: vision', { exact: true }).waitFor();
  await dialog.getByRole('textbox').fill('brief-models');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await page.getByText('Deleted brief-models').waitFor();
  assert.equal((await server.get('/api/model-access-groups/brief-models')).status, 404);
});
