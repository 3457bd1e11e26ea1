// The dashboard in another language: every text is in the catalogue, and a page in one has no English left.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';

import { nakedTexts, template, TEMPLATE } from '../tools/messages.mjs';
import { readCatalogue, textsOf } from '../tools/po.mjs';
import { furnish, OVERLAYS, PAGES } from './pages.mjs';
import { browser, closed, open, serve, server, settled, visit } from './server.mjs';

const EYES = Math.min(4, availableParallelism());

test('no text stands in the pages that the catalogue cannot have', () => {
  assert.deepEqual(nakedTexts(), [], 'write it as t`…` or plural(…)');
});

test('the catalogue is that of the pages', () => {
  assert.ok(readFileSync(TEMPLATE, 'utf8') === template(), 'run `npm run messages`');
});

test('what is translated is fetched, and all else stays English', () => {
  const catalogue = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n#. {0}: name\nmsgid "Delete {0}?"\nmsgstr ""\n"{0} "\n"löschen?"\n\nmsgid "Save"\nmsgstr ""\n\nmsgid "# team"\nmsgid_plural "# teams"\nmsgstr[0] "# Team"\nmsgstr[1] "# Teams"\n';
  assert.deepEqual(textsOf(catalogue), { 'Delete {0}?': '{0} löschen?', '# team': ['# Team', '# Teams'] });
});

/** A language that nobody speaks, with the numbers, dates and plurals of Greek: none of its words has a Latin letter. */
const LANGUAGE = 'el';
const LATIN = 'abcdefghijklmnopqrstuvwxyz';
const GREEK = 'αβγδεφγηιικλμνοπκρστυωωξψζ';
const foreign = (text) => text.replace(/\{\d+\}|[A-Za-z]/g, (found) => (found.length > 1 ? found : found === found.toLowerCase() ? GREEK[LATIN.indexOf(found)] : GREEK[LATIN.indexOf(found.toLowerCase())].toUpperCase()));

const texts = Object.fromEntries(readCatalogue(readFileSync(TEMPLATE, 'utf8')).map(({ id, plural }) => [id, plural ? [foreign(id), foreign(plural)] : foreign(id)]));

serve({ dev: true }, furnish);

/** A page in that language; `data`: what the server said, which is shown as it is. */
async function visitForeign() {
  const page = await visit(browser, server);
  const data = { values: new Set(), names: new Set(), read: Promise.resolve() };
  const note = (value) => {
    if (Array.isArray(value)) value.forEach(note);
    else if (value && typeof value === 'object') {
      for (const [name, one] of Object.entries(value)) {
        data.names.add(name);
        if (name === 'parameters') note(Object.keys(one));
        note(one);
      }
    } else if (typeof value === 'string') [value, ...value.split('/')].forEach((one) => data.values.add(one));
  };
  page.on('response', async (response) => {
    if (response.url().includes('/ui/') || !/json/.test(response.headers()['content-type'] ?? '')) return;
    const read = response.json().then(note, () => undefined);
    data.read = Promise.all([data.read, read]);
    await read;
  });
  await page.addInitScript((language) => localStorage.setItem('alias-language', language), LANGUAGE);
  await page.route(`**/ui/locales/${LANGUAGE}.json`, (route) => route.fulfill({ json: texts }));
  return { page, data };
}

/** All that can be read, or is read out. Names, code and what is typed are of no language. */
const wordsOf = (page) =>
  page.evaluate(() => {
    const found = [document.title];
    const SAME = '.mono, .code, .brand, pre, code, script, style, noscript, kbd, textarea';
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) if (!node.parentElement.closest(SAME)) found.push(node.data);
    for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      if (element.closest('.mono, .code, [aria-hidden=true]')) continue;
      for (const name of ['aria-label', 'title', 'alt']) found.push(element.getAttribute(name) ?? '');
      // An example of what is asked for is no text: `openai/gpt-4`.
      const placeholder = element.getAttribute('placeholder') ?? '';
      if (!/^[a-z0-9_./:-]+…?$/.test(placeholder)) found.push(placeholder);
    }
    return found;
  });

/** What is called the same in every language. */
const PRODUCTS = ['Model Aliases', 'curl', 'Python', 'JavaScript', 'LangChain', 'LlamaIndex', 'Vercel AI SDK', 'LiteLLM SDK', 'Rust', 'Claude Code', 'Codex', 'Cursor'];

/** A time zone, the name of a file or of an event: `Africa/Accra`, `aliases.yaml`. */
const IDENTIFIER = /^[A-Za-z_]+([/.][\w+-]+)+$/;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** What of it is neither translated nor said by the server. */
function english(words, { values, names }, path) {
  const said = [...values, ...decodeURIComponent(path).split(/[/?=&]/), server.url, ...PRODUCTS, 'UTC'].filter((one) => /[A-Za-z]/.test(one)).sort((a, b) => b.length - a.length);
  const known = new RegExp(`(?<![A-Za-z])(${said.map(escaped).join('|')})(?![A-Za-z])`, 'g');
  const isName = (text) => names.has(text.trim()) || names.has(text.trim().replaceAll(' ', '_'));
  return [...new Set(words.filter((text) => /[A-Za-z]{2}/.test(text.replace(known, '')) && !isName(text) && !IDENTIFIER.test(text)))].map((text) => `${path}: ${text.trim()}`);
}

test('in another language no text of a page or an overlay is left in English', async () => {
  const left = [...PAGES, ...OVERLAYS];
  const found = [];
  const eye = async () => {
    const { page, data } = await visitForeign();
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      await open(page, path);
      if (OVERLAYS.includes(path)) await page.getByRole('dialog').first().waitFor();
      await settled(page);
      assert.equal(await page.evaluate(() => document.documentElement.lang), LANGUAGE);
      await data.read;
      found.push(...english(await wordsOf(page), data, path));
    }
    found.push(...page.faults);
    await page.context().close();
  };
  await Promise.all(Array.from({ length: EYES }, eye));
  assert.deepEqual(found, []);
});

test('a chart has its numbers in another language, too', async () => {
  const { page } = await visitForeign();
  await open(page, '');
  const chart = page.getByRole('figure').first();
  await chart.locator('label').last().click();
  const today = await chart.locator('tbody tr').last().locator('td').allTextContents();
  assert.match(today[1], /^[1-9]/, today.join());
});

test('nor of a menu, the palette or the shortcuts', async () => {
  const { page, data } = await visitForeign();
  const found = [];
  const look = async (what) => {
    await settled(page);
    await data.read;
    found.push(...english(await wordsOf(page), data, what));
  };
  await open(page, '/aliases');
  for (const button of await page.locator('main button[aria-haspopup=menu], .shell-top button[aria-haspopup=menu]').all()) {
    await button.click();
    await page.getByRole('menu').waitFor();
    await look('a menu');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'hidden' });
  }
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await look('the shortcuts');
  await closed(page, page.getByRole('dialog'));
  await page.keyboard.press('Control+k');
  await page.locator('[data-action]').first().waitFor();
  await look('the palette');
  assert.deepEqual(found, []);
});

test('a language that there is not leaves the page in English', async () => {
  const page = await visit(browser, server);
  await page.addInitScript(() => localStorage.setItem('alias-language', 'xx'));
  await open(page, '/aliases');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await page.getByRole('heading', { name: 'Aliases', level: 1 }).waitFor();
  assert.deepEqual(page.faults, []);
});
