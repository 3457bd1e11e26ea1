// The request behind a form, as a command: held to what was read, with its reason, and without a secret; and new secrets.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, closed, open, serve, server, visit } from './server.mjs';

serve({ dev: true }, async () => {
  await server.post('/api/webhooks/register', { webhook_url: 'https://hooks.example.com/aliases', events: ['alias.created'] });
});

const hook = async () => (await server.get('/api/webhooks')).body.webhooks[0];

/** What is copied of the form that is open. */
async function commandOf(page) {
  await page.getByRole('dialog').last().getByRole('button', { name: 'Copy as curl' }).click();
  const dialog = page.getByRole('dialog', { name: 'As a command or a file' });
  const command = await dialog.getByLabel('curl command', { exact: true }).textContent();
  await closed(page, dialog);
  return command;
}

test('a change is copied with what it is held to', async () => {
  const page = await visit(browser, server);
  const versions = { team: (await server.get('/api/teams/dev')).body.version, group: (await server.get('/api/model-access-groups/dev-models')).body.version, organization: (await server.get('/api/organizations/org_dev')).body.version };
  for (const [path, field, address, version] of [
    ['/teams/dev?edit', 'Name', '/api/teams/dev', versions.team],
    ['/access-groups/dev-models?edit', 'Description', '/api/model-access-groups/dev-models', versions.group],
    ['/organizations/org_dev?edit', 'Name', '/api/organizations/org_dev', versions.organization],
    [`/settings?tab=webhooks&edit=${(await hook()).webhook_id}`, 'Description', `/api/webhooks/${(await hook()).webhook_id}`, (await hook()).version],
  ]) {
    await open(page, path);
    await page.getByRole('dialog').getByRole('textbox', { name: field, exact: true }).fill('Another');
    const command = await commandOf(page);
    assert.match(command, /^curl -X PUT /);
    for (const part of [`${server.url}${address}'`, `-H 'If-Match: "${version}"'`, '"Another"']) assert.ok(command.includes(part), `${part} in ${command}`);
  }
  await open(page, '/aliases?rename=smart');
  await page.getByRole('textbox', { name: 'New name' }).fill('smarter');
  assert.ok((await commandOf(page)).includes(`-H 'If-Match: "${(await server.get('/api/model-aliases/smart')).body.version}"'`));
  assert.deepEqual(page.faults, []);
});

test('the password of an account is in no command', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?create');
  await page.getByRole('textbox', { name: 'Email' }).fill('new@acme.example');
  await page.getByRole('textbox', { name: 'Password' }).fill('a long enough password');
  const command = await commandOf(page);
  for (const part of ["curl -X POST '", "/api/admin-users'", '"email": "new@acme.example"', '"password": "…"']) assert.ok(command.includes(part), `${part} in ${command}`);
});

test('the secret of a webhook is rotated, and shown once', async () => {
  const page = await visit(browser, server);
  await open(page, '/settings?tab=webhooks');
  await page.getByRole('button', { name: /^Rotate secret of https/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate the secret?' });
  assert.match(page.url(), /rotate=/);
  const command = await commandOf(page);
  assert.ok(command.includes(`curl -X POST '${server.url}/api/webhooks/${(await hook()).webhook_id}/rotate-secret'`), command);
  await dialog.getByRole('button', { name: 'Rotate secret' }).click();
  const shown = page.getByRole('dialog', { name: 'The webhook’s secret' });
  assert.match((await shown.getByLabel('secret', { exact: true }).textContent()).trim(), /^\S{20,}$/);
  await dialog.waitFor({ state: 'hidden' });
  assert.equal((await server.get('/api/audit?action=webhook&limit=1')).body.records[0].action, 'webhook.rotate_secret');
  await shown.getByRole('checkbox', { name: 'I stored it' }).check();
  await shown.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('cell', { name: 'https://hooks.example.com/aliases', exact: true }).waitFor();
  assert.deepEqual(page.faults, []);
});
