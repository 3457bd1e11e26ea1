// Makes the pictures of README and docs: a server of its own, filled by use, and its main pages in both themes.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { browse, open, Server, settled, visit } from '../tests/server.mjs';

const FOLDER = resolve(process.argv[2] ?? '../../docs/images');

const PAGES = [
  { name: 'overview', path: '' },
  { name: 'aliases', path: '/aliases' },
  { name: 'alias', path: '/aliases/smart' },
  { name: 'create-alias', path: '/aliases?create', prepare: draft },
  { name: 'delete-alias', path: '/aliases?delete=gpt-4' },
  { name: 'switch-provider', path: '/aliases?switch=fast', prepare: target },
  { name: 'catalog', path: '/catalog' },
  { name: 'model-access', path: '/access-groups?view=matrix' },
  { name: 'organization', path: '/organizations/org_acme' },
  { name: 'team', path: '/teams/acme-prod' },
  { name: 'usage', path: '/usage?by=team' },
  { name: 'playground', path: '/playground', prepare: comparison },
  { name: 'explain', path: '/explain?team=newclient-prod&model=claude-3-opus' },
  { name: 'activity', path: '/activity' },
  { name: 'connect', path: '/connect?team=acme-prod&model=smart' },
  { name: 'health', path: '/settings?tab=health' },
  { name: 'import', path: '/settings?tab=files', prepare: file },
];

async function draft(page) {
  await page.locator('#alias-alias').fill('gpt-4o');
  await page.locator('#alias-litellm_model').fill('openai/gpt-4o');
  await page.getByRole('textbox', { name: 'Description' }).fill('GPT-4 Omni: fast, sees images');
  await page.getByText('available').waitFor();
}

async function target(page) {
  await page.locator('#alias-litellm_model').fill('anthropic/claude-3-haiku-20240307');
  await page.getByText('What differs').waitFor();
  await page.getByRole('textbox', { name: 'Reason' }).click();
}

async function comparison(page, server) {
  await page.locator('input[type=password]').fill(server.key);
  await page.getByRole('button', { name: 'Load models' }).click();
  await page.getByLabel('Compare two models').check();
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText(/ms in all/).nth(1).waitFor();
}

async function file(page) {
  const text = 'version: 1\naliases:\n  smart: openai/gpt-4-turbo\n  gpt-4o: {litellm_model: openai/gpt-4o, description: Fast and sees images}\naccess_groups:\n  premium-models: {description: For plans above starter, model_aliases: [gpt-4, gpt-4o]}\n';
  await page.locator('input[type=file]').setInputFiles({ name: 'aliases.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'What changes' }).click();
}

/** What the user guide sets up, and some calls. */
async function fill(server) {
  await server.post('/api/model-access-groups/create', { group_name: 'gpt-models', description: 'OpenAI GPT models', model_aliases: ['gpt-4', 'gpt-3.5-turbo', 'smart'] });
  await server.post('/api/model-access-groups/create', { group_name: 'premium-models', description: 'For plans above starter', model_aliases: ['gpt-4', 'claude-3-opus', 'vision'] });
  await server.post('/api/model-access-groups/create', { group_name: 'starter-models', description: 'Models for starter plan', model_aliases: ['gpt-3.5-turbo', 'fast'] });
  await server.post('/api/organizations/create', { organization_id: 'org_acme', name: 'ACME Corporation' });
  await server.post('/api/organizations/create', { organization_id: 'org_newclient', name: 'New Client Inc' });
  const teams = [
    { organization_id: 'org_acme', team_id: 'acme-prod', team_alias: 'ACME Production', access_groups: ['gpt-models', 'premium-models'], credits_allocated: 1000, rpm_limit: 600 },
    { organization_id: 'org_acme', team_id: 'acme-dev', team_alias: 'ACME Development', access_groups: ['gpt-models'], credits_allocated: 80 },
    { organization_id: 'org_newclient', team_id: 'newclient-prod', team_alias: 'Production', access_groups: ['starter-models'], credits_allocated: 1000 },
  ];
  const calls = { 'acme-prod': { 'gpt-4': 41, smart: 27, 'claude-3-opus': 16, vision: 5 }, 'acme-dev': { smart: 52, 'gpt-4': 19 }, 'newclient-prod': { fast: 33, 'gpt-3.5-turbo': 58 } };
  for (const team of teams) {
    const { virtual_key: key } = await server.post('/api/teams/create', team);
    server.key ??= key;
    for (const [model, times] of Object.entries(calls[team.team_id])) for (let n = 0; n < times; n += 1) await server.call(key, model);
  }
  await server.request('PUT', '/api/model-aliases/smart', { litellm_model: 'anthropic/claude-3-opus-20240229' }, { 'x-alias-reason': 'Better at our tickets' });
  await server.post('/api/model-aliases/create', { alias: 'old-model', litellm_model: 'openai/gpt-3.5-turbo', description: 'Kept for one client', active: false });
}

await mkdir(FOLDER, { recursive: true });
const browser = await browse();
const server = await Server.start({ dev: true });
try {
  await fill(server);
  for (const theme of ['light', 'dark']) {
    const page = await visit(browser, server, { theme, width: 1280, height: 800 });
    for (const { name, path, prepare } of PAGES) {
      await open(page, path);
      await prepare?.(page, server);
      await settled(page);
      await page.screenshot({ path: join(FOLDER, `${name}-${theme}.png`) });
    }
  }
} finally {
  await browser.close();
  await server.end();
}
