// A new server: whether what calls go to answers, what to change where it does not, and going on where one stopped.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { browse, closed, open, Server, until, violations, visit } from './server.mjs';

const KEY = 'sk-of-the-upstream';
/** Nobody else listens here: a port that is given up for a while is still free when it is taken again. */
const HOST = '127.0.0.2';

let browser;

/** Speaks as LiteLLM does, once it is started; wants a key where one is given. */
class Provider {
  /** The address stays its own also while it does not answer. */
  static async reserve() {
    const provider = new Provider();
    provider.server = createServer((request, answer) => {
      const taken = !provider.key || request.headers.authorization === `Bearer ${provider.key}`;
      answer.writeHead(taken ? 200 : 401, { 'content-type': 'application/json', connection: 'close' });
      answer.end(JSON.stringify(taken ? { object: 'list', data: [{ id: 'gpt-4' }, { id: 'claude-3-opus' }] } : { error: { message: 'no key' } }));
    });
    await provider.start();
    provider.port = provider.server.address().port;
    return provider;
  }

  start() {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(this.port ?? 0, HOST, resolve);
    });
  }

  stop() {
    return new Promise((resolve) => this.server.close(resolve));
  }

  get url() {
    return `http://${HOST}:${this.port}`;
  }
}

before(async () => {
  browser = await browse();
});
after(async () => {
  await browser?.close();
});

for (const [theme, width] of [['light', 1440], ['dark', 390]]) {
  test(`an upstream that does not answer names the setting, and is found once it does (${theme}, ${width} px)`, async () => {
    const provider = await Provider.reserve();
    await provider.stop();
    const server = await Server.start({ args: ['--upstream-url', provider.url] });
    try {
      const page = await visit(browser, server, { theme, width });
      await open(page, '');
      const card = page.getByRole('region', { name: 'Get started' });
      await card.getByText('0 of 6').waitFor();
      await card.getByText(`Upstream ${provider.url} does not serve calls yet`).waitFor();
      await card.getByRole('button', { name: 'Connect upstream' }).focus();
      await page.keyboard.press('Enter');
      assert.match(page.url(), /\?upstream/);
      const dialog = page.getByRole('dialog', { name: 'Connect upstream' });
      await dialog.getByText('Does not answer').waitFor();
      await dialog.getByText('ALIAS_UPSTREAM_URL=http://localhost:8002').waitFor();
      await dialog.getByText('upstream_url: http://localhost:8002').waitFor();
      assert.deepEqual(await violations(page), []);

      await provider.start();
      await until('the upstream to be found', async () => {
        await dialog.getByRole('button', { name: 'Look again' }).click();
        return dialog.getByText('It lists 2 models').isVisible();
      });
      const models = dialog.getByRole('list', { name: 'Models of the upstream' });
      assert.deepEqual(await models.getByRole('listitem').allTextContents(), ['claude-3-opus', 'gpt-4']);
      assert.deepEqual(await violations(page), []);
      await closed(page, dialog);
      await card.getByText('1 of 6').waitFor();
      await card.getByText(`Upstream ${provider.url} (2 models)`).waitFor();
      assert.deepEqual(page.faults, []);
    } finally {
      await server.end();
      await provider.stop().catch(() => undefined);
    }
  });
}

test('an upstream that wants a key says which setting holds it, and the steps are skipped and taken up again', async () => {
  const provider = await Provider.reserve();
  provider.key = KEY;
  const server = await Server.start({ args: ['--upstream-url', provider.url] });
  try {
    const page = await visit(browser, server);
    await open(page, '/?upstream');
    const dialog = page.getByRole('dialog', { name: 'Connect upstream' });
    await dialog.getByText('Does not take the key of this server').waitFor();
    await dialog.getByText(/^ALIAS_UPSTREAM_KEY_FILE=/).waitFor();
    await closed(page, dialog);

    // The next step does not wait for this one, and it is where it was after a reload.
    const card = page.getByRole('region', { name: 'Get started' });
    await card.getByRole('button', { name: 'Pick a starter set' }).click();
    await page.getByRole('button', { name: /^Create \d+ aliases$/ }).click();
    await page.getByText(/^Created \d+ aliases$/).waitFor();
    await open(page, '');
    await card.getByText('1 of 6').waitFor();
    await card.getByRole('button', { name: 'Connect upstream' }).waitFor();
    await card.getByRole('button', { name: 'Hide' }).click();
    await card.waitFor({ state: 'hidden' });
    await open(page, '/settings?tab=health');
    await page.getByRole('region', { name: 'Upstream', exact: true }).getByText('Does not take the key of this server').waitFor();

    server.args.push('--upstream-key', KEY);
    await server.halt();
    await server.run();
    await open(page, '/settings?tab=health');
    await page.getByRole('region', { name: 'Upstream', exact: true }).getByText('It lists 2 models').waitFor();
  } finally {
    await server.end();
    await provider.stop();
  }
});

test('the built-in mock provider is said to be one', async () => {
  const server = await Server.start({ dev: true });
  try {
    const page = await visit(browser, server);
    await open(page, '');
    await page.getByText(/^Upstream: the built-in mock provider \(\d+ models\)$/).waitFor();
    await page.getByRole('button', { name: 'Show its models' }).click();
    await page.getByRole('dialog', { name: 'Connect upstream' }).getByText('openai/gpt-4', { exact: true }).waitFor();
    assert.deepEqual(page.faults, []);
  } finally {
    await server.end();
  }
});
