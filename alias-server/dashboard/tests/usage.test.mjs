// Usage as an operator reads it: sums, what differs from the period before, switches on the time axis, lines in the list.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, typed, until, visit } from './server.mjs';

const CALLS = 3;

serve({ dev: true }, async () => {
  const key = server.devKey;
  for (let n = 0; n < CALLS; n += 1) assert.equal(await server.call(key, 'smart'), 200);
  await until('the count', async () => (await server.get('/api/model-aliases/smart')).body.usage_count === CALLS);
  await server.request('PUT', '/api/model-aliases/smart', { litellm_model: 'openai/gpt-4-turbo' });
});

test('the period before is as long, ends where this one begins, and is compared', async () => {
  const page = await visit(browser, server);
  const asked = [];
  // Nothing was called before today: what the server would have said is said for it.
  await page.route('**/api/usage?*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const today = new Date().toISOString().slice(0, 10);
    if (query.get('to') === today) return route.continue();
    asked.push([query.get('from'), query.get('to')]);
    const answer = await (await route.fetch()).json();
    const [row] = (await server.get('/api/usage?group_by=alias&alias=smart')).body.rows;
    return route.fulfill({ json: { ...answer, rows: [{ ...row, calls: 2 }], total: 1 } });
  });
  await open(page, '/usage?range=7d');
  await page.getByRole('button', { name: 'Compare with the period before' }).click();
  await page.getByText('▲ 50 % from 2').first().waitFor();
  await page.getByRole('columnheader', { name: 'Calls before' }).waitFor();
  const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  assert.deepEqual(asked[0], [ago(13), ago(7)]);
  assert.deepEqual(page.faults, []);
});

test('a switch of a target is marked on the time axis', async () => {
  const page = await visit(browser, server);
  await open(page, '/usage');
  await page.getByText('smart switched to openai/gpt-4-turbo').waitFor();
});

test('the list of aliases shows the calls of the last 30 days', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases?q=smart');
  const titles = await page.locator('thead th').allTextContents();
  const cell = page.locator('tbody tr').first().locator('td').nth(titles.indexOf('Calls, 30 days'));
  await until('the calls in the row', async () => (await cell.textContent()) === String(CALLS));
  assert.equal(await cell.locator('svg polyline').count(), 1);
});

test('calls of the month that no report holds by day are said as sums, and those that could not be read are no dashes alone', async () => {
  const page = await visit(browser, server);
  const isDaily = (url) => url.pathname === '/api/usage' && url.searchParams.get('interval') === 'day';
  await page.route(isDaily, async (route) => {
    const answer = await (await route.fetch()).json();
    return route.fulfill({ json: { ...answer, has_more: true } });
  });
  await open(page, '/aliases?q=smart');
  const titles = await page.locator('thead th').allTextContents();
  const cell = page.locator('tbody tr').first().locator('td').nth(titles.indexOf('Calls, 30 days'));
  await until('the calls in the row', async () => (await cell.textContent()) === String(CALLS));
  assert.equal(await cell.locator('svg polyline').count(), 0);
  await page.unroute(isDaily);
  await page.route(isDaily, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Internal error"}' }));
  await page.reload();
  await page.getByText('Could not load the calls of 30 days').waitFor();
});

test('how long calls took is a line over time, a column, and a line of the alias', async () => {
  const page = await visit(browser, server);
  await open(page, '/usage?measure=latency&range=7d');
  const chart = page.getByRole('figure', { name: 'Latency of all calls' });
  await until('a dot for each line', async () => (await chart.locator('svg circle').count()) === 3);
  await chart.getByText('Table').click();
  const today = chart.locator('tbody tr').last();
  assert.match(await today.textContent(), /(?:\d m?s.*){3}/);
  // A day without calls has no time, and none of 0.
  assert.match(await chart.locator('tbody tr').first().textContent(), /–––$/);
  const row = page.getByRole('region', { name: 'Usage by alias' }).locator('tbody tr').first();
  const titles = await page.getByRole('region', { name: 'Usage by alias' }).locator('thead th').allTextContents();
  assert.match(await row.locator('td').nth(titles.indexOf('p95')).textContent(), /^[\d.]+ m?s$/);
  assert.equal(await row.locator('td').nth(titles.indexOf('First token p95')).textContent(), '–');
  await open(page, '/aliases/smart');
  await page.getByText(/^p50 [\d.]+ m?s · p95 [\d.]+ m?s · p99 [\d.]+ m?s$/).waitFor();
  assert.deepEqual(page.faults, []);
});

test('where the calls of an alias go besides is said in the list and on its page', async () => {
  const fields = { split: [{ litellm_model: 'anthropic/claude-3-opus-20240229', share: 5 }], fallbacks: [{ litellm_model: 'openai/gpt-4-turbo', on: ['rate_limited'] }], overrides: [{ team_id: 'dev', litellm_model: 'openai/gpt-4' }] };
  assert.equal((await server.request('PUT', '/api/model-aliases/fast', fields)).status, 200);
  const page = await visit(browser, server);
  await open(page, '/aliases?q=fast');
  await page.getByText('5 % split · 1 override · 1 fallback').waitFor();
  await open(page, '/aliases/fast');
  const panel = page.getByRole('region', { name: 'Where calls go' });
  for (const text of ['5 % of callers: anthropic/claude-3-opus-20240229', '95 %: openai/gpt-3.5-turbo', 'rate limited']) await panel.getByText(text).first().waitFor();
  await open(page, '/aliases/vision');
  await panel.getByRole('row', { name: /^All calls/ }).waitFor();
});

test('what stands out in a report is said, and leads on', async () => {
  const key = server.devKey;
  await server.post('/api/model-aliases/create', { alias: 'odd', litellm_model: 'mistral/unknown', access_groups: ['dev-models'] });
  assert.equal(await server.call(key, 'odd'), 200);
  await until('the count', async () => (await server.get('/api/model-aliases/odd')).body.usage_count === 1);
  const page = await visit(browser, server);
  await open(page, '/usage');
  await page.getByRole('link', { name: /^Open: smart is \d+ % of the spend: / }).click();
  await page.getByRole('heading', { name: 'smart', level: 1 }).waitFor();
});

test('an alias may be called as a part of a chart is', async () => {
  const key = server.devKey;
  for (const alias of ['period', 'others', 'constructor']) {
    await server.post('/api/model-aliases/create', { alias, litellm_model: 'openai/gpt-4', access_groups: ['dev-models'] });
    assert.equal(await server.call(key, alias), 200);
    await until('the count', async () => (await server.get(`/api/model-aliases/${alias}`)).body.usage_count === 1);
  }
  const page = await visit(browser, server);
  await open(page, '/usage?measure=calls');
  const chart = page.getByRole('figure', { name: 'Calls by alias' });
  await chart.getByText('Table').click();
  const heads = await chart.locator('thead th').allTextContents();
  const today = await chart.locator('tbody tr').last().locator('td').allTextContents();
  for (const alias of ['period', 'others', 'constructor']) assert.equal(today[heads.indexOf(alias)], '1', alias);
  assert.deepEqual(page.faults, []);
});

test('the calls of an alias are counted over 90 days, too', async () => {
  const page = await visit(browser, server);
  await open(page, '/aliases/smart?tab=usage&days=90');
  const chart = page.getByRole('figure', { name: 'Calls, last 90 days' });
  await chart.getByText('Table').click();
  const today = await chart.locator('tbody tr').last().locator('td').allTextContents();
  assert.deepEqual(today.slice(1), [String(CALLS), '0']);
});

test('what was not read of the period before is not said to be none', async () => {
  const page = await visit(browser, server);
  await page.route('**/api/usage?*group_by=alias*', async (route) => {
    const today = new Date().toISOString().slice(0, 10);
    const answer = await (await route.fetch()).json();
    return route.fulfill({ json: new URL(route.request().url()).searchParams.get('to') === today ? answer : { ...answer, rows: [], has_more: true, total: 5_000 } });
  });
  await open(page, '/usage?range=7d&compare=1&measure=calls');
  const row = page.getByRole('region', { name: 'Usage by alias' }).getByRole('row', { name: /^smart/ });
  await row.waitFor();
  assert.equal(await row.locator('td').last().textContent(), '–');
});

test('a name below the chart shows that alone', async () => {
  assert.equal(await server.call(server.devKey, 'gpt-4'), 200);
  await until('the count', async () => (await server.get('/api/model-aliases/gpt-4')).body.usage_count >= 1);
  const page = await visit(browser, server);
  await open(page, '/usage?measure=calls');
  await page.getByRole('figure', { name: 'Calls by alias' }).getByRole('button', { name: 'smart' }).click();
  await page.getByRole('figure', { name: 'Calls by team' }).waitFor();
  const asked = new URL(page.url()).searchParams;
  assert.deepEqual([asked.get('alias'), asked.get('by')], ['smart', 'team']);
  const row = page.getByRole('region', { name: 'Usage by team' }).getByRole('row', { name: /^dev/ });
  await until('the calls of smart alone', async () => (await row.locator('td').nth(1).textContent()) === String(CALLS));
  assert.deepEqual(page.faults, []);
});

test('24 hours are 24 hours, and so is the period before', async () => {
  const page = await visit(browser, server);
  const asked = new Set();
  page.on('request', (request) => {
    const query = new URL(request.url()).searchParams;
    if (request.url().includes('/api/usage?')) asked.add(`${query.get('from')} ${query.get('to')}`);
  });
  const now = Date.now();
  await page.clock.setFixedTime(now);
  await open(page, '/usage?range=24h&compare=1');
  const spans = [...asked].map((one) => one.split(' ').map(Date.parse)).sort(([a], [b]) => a - b);
  assert.equal(spans.length, 2);
  const [[start, middle], [from, to]] = spans;
  assert.deepEqual([middle - start, from - middle, to - from], [86_400_000, 0, 86_400_000]);
  assert.ok(to > now && to - now <= 3_600_000, 'it ends with this hour');
});

test('the time of a report is typed by keyboard, and half a date is none', async () => {
  const page = await visit(browser, server);
  await open(page, '/usage?range=custom&from=2025-01-01&to=2025-06-30');
  await typed(page, page.getByLabel('From', { exact: true }), '03152025', /^2025-03-15$/);
  await page.waitForURL(/from=2025-03-15/);
  assert.equal(await page.getByLabel('From', { exact: true }).inputValue(), '2025-03-15');
  assert.match(page.url(), /to=2025-06-30/);
});

test('the list of groups shows what was called of each in 30 days', async () => {
  await server.post('/api/model-access-groups/create', { group_name: 'nobody-has-it', model_aliases: ['smart'] });
  const { rows } = (await server.get('/api/usage?group_by=access_group')).body;
  const page = await visit(browser, server);
  await open(page, '/access-groups');
  const titles = await page.locator('thead th').allTextContents();
  const cell = (group) => page.locator('tbody tr').filter({ hasText: group }).locator('td').nth(titles.indexOf('Calls, 30 days'));
  assert.ok(rows[0].calls >= CALLS);
  await until('the calls of the group', async () => (await cell('dev-models').textContent()) === String(rows[0].calls));
  assert.equal(await cell('nobody-has-it').textContent(), '0');
});

test('denied calls are told by team and model, and lead to the question why', async () => {
  const key = server.devKey;
  await server.post('/api/model-aliases/create', { alias: 'dear', litellm_model: 'openai/o1' });
  const page = await visit(browser, server);
  await open(page, '/usage');
  const panel = page.getByRole('region', { name: 'Denied calls by team and model' }).first();
  await panel.getByText('None: every call of this time for an alias was let through.').waitFor();
  for (let n = 0; n < 2; n += 1) assert.equal(await server.call(key, 'dear'), 403);
  await until('the count', async () => (await server.get('/api/usage/denied')).body.rows[0]?.denied_calls === 2);
  await open(page, '/usage?range=7d');
  await panel.getByRole('row', { name: /^dev dear 2 / }).waitFor();
  await panel.getByRole('link', { name: 'Explain dev → dear' }).click();
  await page.getByRole('heading', { name: 'Explain access', level: 1 }).waitFor();
  await page.getByText('dear').first().waitFor();
  assert.deepEqual(page.faults, []);
});
