// Whose file manages an object: said beside its name and where it is changed; and nothing of the kind of what nobody manages.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, visit } from './server.mjs';

serve({ dev: true }, async () => {
  await server.post('/api/apply', {
    document: {
      version: 1,
      managed_by: 'platform-repo',
      aliases: { kept: 'openai/gpt-4' },
      access_groups: { 'kept-models': { model_aliases: ['kept'] } },
      organizations: { org_kept: { name: 'Kept Inc' } },
      teams: { 'kept-team': { organization_id: 'org_kept', access_groups: ['kept-models'] } },
    },
  });
});

const MANAGED = [
  ['/aliases', 'kept', '/aliases/kept?edit=kept'],
  ['/access-groups', 'kept-models', '/access-groups/kept-models?edit'],
  ['/organizations', 'Kept Inc', '/organizations/org_kept?edit'],
  ['/teams', 'kept-team', '/teams/kept-team?edit'],
];

for (const [list, name, form] of MANAGED) {
  test(`${list}: the list, the page and the form say who manages ${name}`, async () => {
    const page = await visit(browser, server);
    await open(page, list);
    const rows = page.locator('tbody tr');
    await rows.filter({ hasText: name }).getByText('Managed by platform-repo').waitFor();
    assert.equal(await rows.getByText('Managed by').count(), 1);
    await open(page, form);
    await page.locator('header').getByText('Managed by platform-repo').waitFor();
    await page.getByRole('dialog').getByRole('note').getByText('Its next apply makes it as the file says').waitFor();
    assert.deepEqual(page.faults, []);
  });
}

test('a form of what nobody manages says nothing of a file', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases/smart?edit=smart');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).waitFor();
  assert.equal(await page.getByRole('note').count(), 0);
  assert.equal(await page.getByText('Managed by').count(), 0);
});
