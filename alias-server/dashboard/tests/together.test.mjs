// Several people at once, and answers that get lost: nobody's change is overwritten unseen, nothing is done twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, settled, until, visit } from './server.mjs';

serve({ dev: true });

/** Comes back to the window after a while: everything that is shown is read again. */
async function comeBack(page) {
  await page.clock.fastForward(10_000);
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
  await settled(page);
}

async function visitForLong(path) {
  const page = await visit(browser, server);
  await page.clock.install();
  await open(page, path);
  return page;
}

const team = async () => (await server.get('/api/teams/dev')).body;
const setTeam = (edit) => server.request('PUT', '/api/teams/dev', edit);
const alias = async (name) => (await server.get(`/api/model-aliases/${name}`)).body;

test('a form that is open sends only what was changed in it, against what was read when it was opened', async () => {
  await server.post('/api/webhooks/register', { webhook_url: 'https://hooks.example.com/aliases', events: ['alias.created'] });
  const hook = async () => (await server.get('/api/webhooks')).body.webhooks[0];
  const page = await visitForLong('/settings?tab=webhooks');
  await page.getByRole('button', { name: /^Edit https/ }).click();
  const form = page.getByRole('dialog', { name: 'Edit webhook' });
  assert.ok(await form.getByRole('switch', { name: 'Active' }).isChecked());
  await server.request('PUT', `/api/webhooks/${(await hook()).webhook_id}`, { active: false });
  await comeBack(page);
  await form.getByRole('textbox', { name: 'Description' }).fill('The chat');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('It was changed meanwhile').waitFor();
  assert.equal(await form.getByRole('switch', { name: 'Active' }).isChecked(), false, 'what somebody else changed is shown');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved the webhook').waitFor();
  assert.deepEqual([(await hook()).active, (await hook()).description], [false, 'The chat']);
  assert.deepEqual(page.faults, []);
});

test('what both changed is said at its field, and saving again decides', async () => {
  await setTeam({ rpm_limit: 60, tpm_limit: null, team_alias: 'Before' });
  const page = await visitForLong('/teams/dev?edit');
  const form = page.getByRole('dialog', { name: 'Edit dev' });
  await setTeam({ rpm_limit: 100, team_alias: 'Theirs' });
  await comeBack(page);
  assert.ok(await form.getByRole('button', { name: 'Save' }).isDisabled(), 'nothing was typed');
  await form.getByRole('textbox', { name: 'Name' }).fill('Mine');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('somebody made it Theirs; saving again puts yours in its place').first().waitFor();
  assert.equal((await team()).team_alias, 'Theirs');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved dev').waitFor();
  assert.deepEqual([(await team()).team_alias, (await team()).rpm_limit], ['Mine', 100]);
  assert.deepEqual(page.faults, []);
});

test('groups that somebody else grants meanwhile stay granted', async () => {
  for (const name of ['one', 'two']) await server.post('/api/model-access-groups/create', { group_name: name, model_aliases: ['smart'] });
  const groups = async () => (await team()).access_groups.filter((one) => ['one', 'two'].includes(one)).sort();
  const page = await visit(browser, server);
  await open(page, '/teams/dev');
  await server.request('PUT', '/api/teams/dev/access-groups', { access_groups: [...(await team()).access_groups, 'one'] });
  await page.getByRole('combobox', { name: 'Grant a group' }).fill('two');
  await page.getByRole('option', { name: 'two', exact: true }).click();
  await page.getByRole('button', { name: 'Grant', exact: true }).click();
  await page.getByText('Granted two to dev').waitFor();
  assert.deepEqual(await groups(), ['one', 'two']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await groups()).join() === 'one');
});

test('undo takes back what was done here, and nothing of others', async () => {
  await server.post('/api/model-access-groups/create', { group_name: 'shared', model_aliases: ['smart'] });
  const members = async () => (await server.get('/api/model-access-groups/shared')).body.model_aliases.map((one) => one.alias).sort();
  const page = await visit(browser, server);
  await open(page, '/access-groups/shared');
  await server.post('/api/model-access-groups/shared/add-models', { model_aliases: ['gpt-4'] });
  await page.getByRole('button', { name: 'Add fast' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved shared: +1 −0').waitFor();
  assert.deepEqual(await members(), ['fast', 'gpt-4', 'smart']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await members()).join() === 'gpt-4,smart');

  await open(page, '/aliases/fast?edit');
  await page.getByRole('textbox', { name: 'Description' }).fill('mine');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved fast').waitFor();
  await server.request('PUT', '/api/model-aliases/fast', { description: 'theirs' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undo failed').waitFor();
  assert.equal((await alias('fast')).description, 'theirs');
});

test('credits that were refused are added once they are right', async () => {
  const before = (await team()).credits_remaining;
  const page = await visit(browser, server);
  await open(page, '/teams/dev?credits');
  const form = page.getByRole('dialog', { name: 'Add credits to dev' });
  await form.getByRole('textbox', { name: 'Credits' }).fill('0.00000001');
  await form.getByRole('button', { name: 'Add credits' }).click();
  await form.getByRole('alert').waitFor();
  await form.getByRole('textbox', { name: 'Credits' }).fill('5');
  await form.getByRole('button', { name: 'Add credits' }).click();
  await page.getByText('Added 5 credits').waitFor();
  assert.equal((await team()).credits_remaining, before + 5);
});

test('what was made although its answer was lost is not made twice', async () => {
  const page = await visit(browser, server);
  await open(page, '/teams/dev?key');
  const form = page.getByRole('dialog', { name: 'Create a key of dev' });
  await form.getByRole('textbox', { name: 'Name' }).fill('once');
  let lost = 0;
  await page.route('**/api/teams/dev/keys', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort('connectionreset');
  });
  await form.getByRole('combobox', { name: 'It expires' }).click();
  await page.getByRole('option', { name: 'in 30 days' }).click();
  await form.getByRole('button', { name: 'Create key' }).click();
  await form.getByText('What you entered is kept').waitFor();
  await form.getByRole('button', { name: 'Create key' }).click();
  const shown = page.getByRole('dialog', { name: 'The key of dev' });
  const key = (await shown.getByLabel('key', { exact: true }).textContent()).trim();
  assert.equal((await server.get('/api/teams/dev/keys')).body.keys.filter((one) => one.name === 'once').length, 1);
  assert.equal(await server.call(key, 'smart'), 200);
});

test('what failed of many is shown, what was so before is not taken back', async () => {
  for (const name of ['many-a', 'many-b', 'many-c']) await server.post('/api/model-aliases/create', { alias: name, litellm_model: 'openai/gpt-4', active: name !== 'many-c' });
  const page = await visit(browser, server);
  await open(page, '/aliases?q=many-');
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByRole('button', { name: 'Disable…' }).click();
  await page.getByRole('button', { name: 'Disable 3 aliases' }).click();
  await page.getByText('Disabled 2 aliases').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the undoing', async () => (await alias('many-a')).active && (await alias('many-b')).active);
  assert.equal((await alias('many-c')).active, false);

  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await server.request('DELETE', '/api/model-aliases/many-b');
  await page.getByRole('button', { name: 'Add tag…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Add a tag/ });
  await dialog.getByRole('textbox', { name: 'Tag' }).fill('new');
  await dialog.getByRole('button', { name: 'Add tag' }).click();
  await dialog.getByText('1 object could not be changed').waitFor();
  await dialog.getByText('many-b').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('1 alias selected').waitFor();
  assert.deepEqual(page.faults, []);
});

test('a form stays open when its row leaves the list', async () => {
  await server.post('/api/model-aliases/create', { alias: 'leaving', litellm_model: 'openai/gpt-4' });
  const page = await visitForLong('/aliases?q=leaving&status=active');
  await page.getByRole('button', { name: 'Actions for leaving' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: 'Description' }).fill('typed before');
  await server.post('/api/model-aliases/leaving/disable', {});
  await comeBack(page);
  await page.getByText('No alias matches').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Description' }).inputValue(), 'typed before');
});

test('why a team cannot is asked anew, also on the same page', async () => {
  await server.post('/api/model-aliases/create', { alias: 'asked', litellm_model: 'openai/gpt-4' });
  await server.post('/api/model-access-groups/create', { group_name: 'asked-models', model_aliases: ['asked'] });
  const page = await visit(browser, server);
  await open(page, '/teams/dev');
  await page.getByRole('textbox', { name: 'Why can’t this team use' }).fill('asked');
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('It is refused').waitFor();
  await server.request('PUT', '/api/teams/dev/access-groups', { access_groups: [...(await team()).access_groups, 'asked-models'] });
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('It is served').waitFor();
});
