// Trying a model on a part of the callers: the canary, its guardrails, the shadow, and the figures side by side.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, settled, until, violations, visit } from './server.mjs';

serve({ dev: true });

const alias = async (name) => (await server.get(`/api/model-aliases/${name}`)).body;
const create = (name, fields) => server.post('/api/model-aliases/create', { alias: name, litellm_model: 'openai/gpt-4', access_groups: ['dev-models'], ...fields });

/** A call by one of many users: which target it goes to follows from who that is. */
const callAs = async (model, user) =>
  (await server.request('POST', '/v1/chat/completions', { model, user, messages: [{ role: 'user', content: 'Hello' }] }, { authorization: `Bearer ${server.devKey}` })).status;

for (const [theme, width] of [['light', 1440], ['dark', 390]]) {
  test(`a target becomes a canary with guardrails, and what the server refuses stands at its field (${theme}, ${width} px)`, async () => {
    const name = `canary-${theme}`;
    await create(name);
    const page = await visit(browser, server, { theme, width });
    await open(page, `/aliases/${name}`);
    await page.getByRole('button', { name: 'Split callers…' }).click();
    assert.match(page.url(), new RegExp(`split=${name}`));
    const form = page.getByRole('dialog', { name: `Split the callers of ${name}` });
    await form.getByRole('button', { name: 'Add a target' }).click();
    const target = form.getByRole('group', { name: 'Target 1', exact: true });
    await until('the focus in the new target', () => target.getByRole('combobox', { name: 'LiteLLM Model' }).evaluate((field) => field === document.activeElement));
    await page.keyboard.type('anthropic/claude-3-opus-20240229');
    await page.keyboard.press('Escape');
    await target.getByRole('textbox', { name: 'Callers' }).fill('');
    await form.getByRole('button', { name: 'Save split' }).click();
    await target.getByText('must be per cent: more than 0').waitFor();
    await target.getByRole('textbox', { name: 'Callers' }).fill('5');
    await form.getByText('The other 95 % stay with openai/gpt-4.').waitFor();
    await target.getByRole('switch', { name: 'Canary' }).check({ force: true });
    await target.getByRole('textbox', { name: 'Cost of a call' }).fill('100');
    await target.getByRole('textbox', { name: 'Seconds' }).fill('5');
    assert.deepEqual(await violations(page), []);
    await form.getByRole('button', { name: 'Save split' }).click();
    const seconds = target.getByRole('textbox', { name: 'Seconds' });
    await until('the refusal at its field', async () => (await seconds.getAttribute('aria-invalid')) === 'true');
    await target.getByText('window_seconds must be 10 to 86400').waitFor();
    await seconds.fill('60');
    await form.getByRole('combobox', { name: 'A caller is' }).click();
    await page.getByRole('option', { name: /The user/ }).click();
    await form.getByRole('textbox', { name: 'Reason' }).fill('is Opus as good?');
    await form.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText(`aliasctl alias update ${name} --canary anthropic/claude-3-opus-20240229=5 --guardrail error_rate=2 --guardrail p95_duration=50 --guardrail min_calls=50 --guardrail window_seconds=60 --guardrail cost=100 --sticky user`).waitFor();
    const command = await page.getByLabel('curl command', { exact: true }).textContent();
    assert.match(command, /-H 'If-Match: "\d+"'/);
    assert.match(command, /-H 'x-alias-reason: is Opus as good\?'/);
    await page.keyboard.press('Escape');
    await form.getByRole('button', { name: 'Save split' }).click();
    await page.getByText(`Saved ${name}`).waitFor();
    const now = await alias(name);
    assert.deepEqual(now.split, [{ litellm_model: 'anthropic/claude-3-opus-20240229', share: 5, guardrails: { error_rate: 2, p95_duration: 50, cost: 100, min_calls: 50, window_seconds: 60 } }]);
    assert.equal(now.sticky, 'user');
    assert.equal((await server.get(`/api/model-aliases/${name}/history?limit=1`)).body.versions[0].reason, 'is Opus as good?');

    const arms = page.getByRole('region', { name: 'Targets side by side' }).first();
    await arms.getByText('Too few calls to judge the canary').waitFor();
    await arms.getByText('errors 2 percentage points more, time to the end (p95) 50 % longer, cost of a call 100 % more').waitFor();
    await arms.getByText('5 % of callers, canary').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await until('the undoing', async () => (await alias(name)).split.length === 0);
    assert.equal((await server.request('PUT', `/api/model-aliases/${name}`, { split: now.split })).status, 200);
    await open(page, `/aliases/${name}`);
    await arms.getByText('5 % of callers, canary').waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.faults, []);
  });
}

test('figures of the targets stand side by side; the share is raised, taken back, and moved', async () => {
  const opus = 'anthropic/claude-3-opus-20240229';
  await create('grow', { sticky: 'user', split: [{ litellm_model: opus, share: 50, guardrails: { error_rate: 2, min_calls: 1 } }], shadow: { litellm_model: 'openai/gpt-3.5-turbo', share: 100 } });
  for (let user = 0; user < 20; user += 1) assert.equal(await callAs('grow', `user-${user}`), 200);
  await until('the figures', async () => {
    const { arms, shadow } = (await server.get('/api/model-aliases/grow/arms')).body;
    return arms.every((one) => one.calls > 0) && shadow.calls + shadow.skipped === 20;
  });
  const page = await visit(browser, server);
  await open(page, '/aliases/grow');
  const table = page.getByRole('region', { name: 'Targets side by side' }).getByRole('table');
  const cells = async (name) => {
    const row = table.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
    return (await row.getByRole('cell').allTextContents()).map((text) => text.trim());
  };
  const { arms, shadow } = (await server.get('/api/model-aliases/grow/arms')).body;
  const ms = (number) => `${number.toLocaleString('en')} ms`;
  for (const [arm, part] of [[arms[0], '50 % of callers'], [arms[1], '50 % of callers, canary'], [shadow, 'shadow: copies of 100 % of calls']]) {
    const [target, calls, errors, duration, firstByte, tokens, cost] = await cells(arm.litellm_model);
    assert.equal(target, `${arm.litellm_model}${part}`);
    assert.deepEqual([calls, errors, duration, firstByte, tokens], [String(arm.calls), '0 %', ms(arm.p95_duration_ms), ms(arm.p95_first_byte_ms), String(arm.output_tokens_per_call)]);
    assert.match(cost, /^\$0\.0000\d+$/);
  }
  await page.getByText('The canary keeps to its guardrails').waitFor();
  const shares = async () => (await alias('grow')).split.map((one) => one.share);
  await page.getByRole('button', { name: `Raise to 75 %: ${opus}` }).click();
  await page.getByText(`75 % of the callers of grow go to ${opus}`).waitFor();
  assert.deepEqual(await shares(), [75]);
  // What is done next is done to the version that the page knows.
  await settled(page);
  assert.equal((await alias('grow')).split[0].guardrails.error_rate, 2, 'the guardrails stay');
  await page.getByRole('button', { name: `Take back the callers of ${opus}` }).click();
  await page.getByText(`The callers of ${opus} are back`).waitFor();
  assert.deepEqual(await shares(), []);
  await settled(page);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await until('the undoing', async () => (await shares())[0] === 75);
  await settled(page);
  await page.getByRole('button', { name: 'End copies to openai/gpt-3.5-turbo' }).click();
  await page.getByText('No calls of grow are copied any more').waitFor();
  assert.equal((await alias('grow')).shadow, null);
  await settled(page);
  await page.getByRole('button', { name: `Move all callers to ${opus}` }).click();
  await page.getByText(`grow now points to ${opus}`).waitFor();
  assert.deepEqual([(await alias('grow')).litellm_model, await shares()], [opus, []]);
  assert.deepEqual(page.faults, []);
});

test('a canary that fails is taken back by itself: the page says when and why, and puts it back', async () => {
  await create('broken', { sticky: 'user', split: [{ litellm_model: 'openai/failing', share: 50, guardrails: { error_rate: 2, min_calls: 2 } }] });
  const page = await visit(browser, server);
  await open(page, '/aliases/broken');
  await page.getByText('Too few calls to judge the canary').waitFor();
  const split = async () => (await alias('broken')).split;
  for (let user = 0; user < 40 && (await split()).length > 0; user += 1) await callAs('broken', `user-${user}`);
  await until('the taking back', async () => (await split()).length === 0);
  const panel = page.getByRole('region', { name: 'Targets side by side' });
  await panel.getByText('The canary openai/failing was taken back').waitFor();
  await panel.getByText(/error_rate: \d+ of \d+ calls failed/).waitFor();
  assert.deepEqual(await violations(page), []);
  await panel.getByRole('button', { name: 'Put it back' }).click();
  await page.getByText('openai/failing gets its callers again').waitFor();
  assert.equal((await split())[0].litellm_model, 'openai/failing');
  assert.deepEqual(page.faults, []);
});

test('calls are copied to a shadow, and that ends', async () => {
  await create('copied');
  const page = await visit(browser, server);
  await open(page, '/aliases/copied?shadow');
  const form = page.getByRole('dialog', { name: 'Copy calls of copied to a shadow' });
  await form.getByRole('switch', { name: 'Copy calls' }).check({ force: true });
  await form.getByRole('combobox', { name: 'Shadow' }).fill('openai/gpt-4');
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Save shadow' }).click();
  const field = form.getByRole('combobox', { name: 'Shadow' });
  await until('the refusal at its field', async () => (await field.getAttribute('aria-invalid')) === 'true');
  await form.getByText('openai/gpt-4 serves calls of this alias itself').first().waitFor();
  await field.fill('openai/gpt-3.5-turbo');
  await page.keyboard.press('Escape');
  await form.getByRole('textbox', { name: 'Calls' }).fill('25');
  await form.getByRole('button', { name: 'Save shadow' }).click();
  await page.getByText('Saved copied').waitFor();
  assert.deepEqual((await alias('copied')).shadow, { litellm_model: 'openai/gpt-3.5-turbo', share: 25 });
  await page.getByText('copies of 25 % of calls').first().waitFor();
  await page.getByRole('button', { name: 'Copy calls…' }).click();
  await form.getByRole('switch', { name: 'Copy calls' }).uncheck({ force: true });
  await form.getByRole('button', { name: 'Save shadow' }).click();
  await until('the end of the copies', async () => (await alias('copied')).shadow === null);
  assert.deepEqual(page.faults, []);
});

test('what somebody else changed meanwhile is not taken back by whoever goes back to the form', async () => {
  await create('shared', { description: 'before' });
  const page = await visit(browser, server);
  await open(page, '/aliases/shared?split');
  const form = page.getByRole('dialog', { name: 'Split the callers of shared' });
  await form.getByRole('button', { name: 'Add a target' }).click();
  await form.getByRole('combobox', { name: 'LiteLLM Model' }).fill('openai/gpt-4o');
  await page.keyboard.press('Escape');
  assert.equal((await server.request('PUT', '/api/model-aliases/shared', { description: 'theirs' })).status, 200);
  await form.getByRole('button', { name: 'Save split' }).click();
  await page.getByRole('dialog', { name: 'shared was changed meanwhile' }).getByRole('button', { name: 'Back to the form' }).click();
  await form.getByRole('button', { name: 'Save split' }).click();
  await page.getByText('Saved shared').waitFor();
  const now = await alias('shared');
  assert.deepEqual([now.description, now.split[0].litellm_model], ['theirs', 'openai/gpt-4o']);
});
