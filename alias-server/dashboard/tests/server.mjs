// A server of one's own for a test, a browser to visit it with, and requests beside the page.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const BINARY = process.env.ALIAS_SERVER_BIN ?? join(REPOSITORY, 'target/debug/alias-server');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const AXE = fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url));
const READY_MS = 60_000;
/** No test begins so near to the end of a UTC day that it would still run in the next one. */
const DAY_MS = 86_400_000;
const LONGEST_TEST_MS = 240_000;

/** Repeats a check until it holds. */
export async function until(what, check, patience = 60_000) {
  const end = Date.now() + patience;
  for (;;) {
    const held = await check().catch(() => false);
    if (held) return held;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${patience} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class Server {
  /** `dev`: with a mock provider and a few aliases; else empty. */
  static async start({ dev = false, args = [], env = {} } = {}) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'alias-dashboard-'));
    server.args = [...(dev ? ['--dev'] : ['--data-dir', join(server.folder, 'data')]), ...args];
    server.env = { ...process.env, ...env };
    await server.run();
    return server;
  }

  async run() {
    this.log = '';
    // The system gives the port, and the server says which: one that is looked for beforehand may be another's by then.
    const address = this.url === undefined ? '127.0.0.1:0' : new URL(this.url).host;
    this.child = spawn(BINARY, [...this.args, '--listen', address], { env: this.env, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => (this.log += text));
    await until('the start of the server', async () => this.ended || this.ready(), READY_MS).catch((late) => {
      this.child.kill('SIGKILL');
      throw new Error(`${late.message}: ${this.log}`);
    });
    if (this.ended) throw new Error(`The server did not start: ${this.log}`);
  }

  get ended() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async ready() {
    this.url ??= /"listen":"(http:[^"]+)"/.exec(this.log)?.[1];
    return this.url !== undefined && (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok;
  }

  async halt() {
    if (this.ended) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }

  async end() {
    await this.halt();
    await rm(this.folder, { recursive: true, force: true });
  }

  async request(method, path, body, headers = {}) {
    const answer = await fetch(`${this.url}${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null, headers: answer.headers };
  }

  /** The key of `--dev`'s own team, as the server says it at its start. */
  get devKey() {
    return /Bearer (sk-[\w-]+)/.exec(this.log)[1];
  }

  get(path, headers) {
    return this.request('GET', path, undefined, headers);
  }

  async post(path, body, headers) {
    const answer = await this.request('POST', path, body, headers);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** One call with a team's key; gives the status. */
  async call(key, model) {
    const ask = () => this.request('POST', '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hello' }] }, { authorization: `Bearer ${key}` });
    // A server that is too busy says so, and is asked again, as by any client.
    const busy = (answer) => answer.status === 503 && answer.body.error?.code === 'credit_unavailable';
    let answer = await ask();
    for (let more = 0; more < 10 && busy(answer); more += 1) answer = await ask();
    return answer.status;
  }
}

export async function browse() {
  if (!CHROMIUM) throw new Error('chromium is not installed');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** The browser and the server of a file of tests: there before the first one, gone after the last. */
export let browser;
export let server;

/** `furnish`: what is to be there beside what the server begins with. */
export function serve(options, furnish) {
  before(async () => {
    const left = DAY_MS - (Date.now() % DAY_MS);
    if (left < LONGEST_TEST_MS) await new Promise((resolve) => setTimeout(resolve, left));
    browser = await browse();
    server = await Server.start(options);
    await furnish?.(server);
  });
  after(async () => {
    await browser?.close();
    await server?.end();
  });
}

/** A page in a context of its own. What it logs as an error, and what it fetches from elsewhere, fails the test at its end. */
export async function visit(browser, server, { width = 1440, height = 900, theme = 'light', ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, baseURL: server.url, reducedMotion: 'reduce', ...more });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is logged by the browser itself: what the page makes of it is what tests look at.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.faults.push(`console: ${message.text()}`);
  });
  page.underWay = new Set();
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (request) => page.underWay.delete(request));
  page.on('request', (request) => {
    page.underWay.add(request);
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) page.faults.push(`foreign: ${request.url()}`);
  });
  return page;
}

/** Opens a page of the dashboard and waits until everything is there. */
export async function open(page, path) {
  await page.goto(`/ui${path}`);
  await page.locator('main h1').first().waitFor();
  await settled(page);
}

/** Nothing is fetched any more, and what was fetched is shown: twice in a row, for what is shown may fetch more. */
export async function settled(page) {
  let quiet = 0;
  await until('the end of loading', async () => {
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1_000 })));
    quiet = page.underWay.size === 0 && (await page.locator('[aria-label^="Loading"]').count()) === 0 ? quiet + 1 : 0;
    return quiet > 1;
  });
}

/** Escape, until it is heard: a dialog is seen before it hears keys. */
export async function closed(page, dialog) {
  await until('the closing', async () => {
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden', timeout: 5_000 });
    return true;
  });
}

/** Types into a field of a date, until it holds what is matched: browsers forget the first digit where the second is late. */
export async function typed(page, field, keys, matching) {
  await until(`the date ${matching}`, async () => {
    await field.blur();
    await field.focus();
    await page.keyboard.type(keys, { delay: 30 });
    return matching.test(await field.inputValue());
  });
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe-core finds against WCAG 2.2 AA, each with where it is. */
export async function violations(page) {
  if (!(await page.evaluate('typeof axe !== "undefined"'))) await page.evaluate(await readFile(AXE, 'utf8'));
  const found = await page.evaluate((tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } }), TAGS);
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary?.split('\n')[1]?.trim()})`).join('; ')}`);
}
