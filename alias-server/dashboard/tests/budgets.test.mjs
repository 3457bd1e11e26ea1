// Budgets where they hold: of a team, an organization, an alias; what is spent of them, and what they refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, until, visit } from './server.mjs';

serve({ dev: true });

const budgets = async (query) => (await server.get(`/api/budgets?${query}`)).body.budgets;

test('a budget of a team is made, shown with what is spent of it, changed and deleted', async () => {
  const key = server.devKey;
  const page = await visit(browser, server);
  await open(page, '/teams/dev');
  const panel = page.getByRole('region', { name: 'Budgets' }).first();
  await panel.getByRole('button', { name: 'Create budget' }).click();
  await page.getByRole('textbox', { name: 'Limit' }).fill('25');
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Berlin');
  await page.getByRole('option', { name: 'Europe/Berlin' }).click();
  await page.getByRole('textbox', { name: 'Description' }).fill('The plan');
  await page.getByRole('button', { name: 'Create budget' }).last().click();
  await page.getByText('Created the budget').waitFor();
  const [made] = await budgets('team_id=dev');
  assert.deepEqual([made.limit_usd, made.limit_mode, made.window], [25, 'hard_limit', { type: 'calendar', period: 'month', time_zone: 'Europe/Berlin' }]);

  const ask = { model: 'gpt-4', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] };
  assert.equal((await server.request('POST', '/v1/chat/completions', ask, { authorization: `Bearer ${key}` })).status, 200);
  await until('the spending', async () => (await budgets('team_id=dev'))[0].spent_usd > 0);
  await page.reload();
  await panel.getByText('/ $25.00').waitFor();

  await panel.getByRole('button', { name: 'Edit The plan' }).click();
  await page.getByRole('textbox', { name: 'Limit' }).fill('0');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved the budget').waitFor();
  const refused = await server.request('POST', '/v1/chat/completions', ask, { authorization: `Bearer ${key}` });
  assert.deepEqual([refused.status, refused.body.error.code], [429, 'budget_exceeded']);

  await panel.getByRole('button', { name: 'Delete The plan' }).click();
  await page.getByRole('button', { name: 'Delete budget' }).click();
  await page.getByText('Deleted the budget').waitFor();
  assert.deepEqual(await budgets('team_id=dev'), []);
  assert.deepEqual(page.faults, []);
});

test('a budget of an alias over the last days, and what is wrong with one is said at its field', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases/gpt-4?tab=settings&budget');
  await page.getByRole('textbox', { name: 'Limit' }).fill('5');
  await page.getByRole('combobox', { name: 'In', exact: true }).click();
  await page.getByRole('option', { name: 'The last days or hours, at any moment' }).click();
  await page.getByRole('textbox', { name: 'How long' }).fill('400d');
  await page.getByRole('button', { name: 'Create budget' }).last().click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  assert.deepEqual(await budgets('alias=gpt-4'), []);
  await page.getByRole('textbox', { name: 'How long' }).fill('7d');
  await page.getByRole('button', { name: 'Create budget' }).last().click();
  await page.getByText('Created the budget').waitFor();
  assert.deepEqual((await budgets('alias=gpt-4'))[0].window, { type: 'rolling', duration: '7d' });
});
