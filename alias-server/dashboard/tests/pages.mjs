// All pages and what opens over them, and a server that has something to show on each.

/** Every page; what a role or a state opens over them comes after. */
export const PAGES = [
  '',
  '/aliases',
  '/aliases/smart',
  '/aliases/fast',
  '/aliases/smart?tab=usage',
  '/aliases/smart?tab=access',
  '/aliases/gpt-4?tab=access',
  '/aliases?status=deprecated',
  '/aliases/smart?tab=history',
  '/aliases/smart?tab=settings',
  '/aliases/nowhere',
  '/catalog',
  '/access-groups',
  '/access-groups?view=matrix',
  '/access-groups/dev-models',
  '/organizations',
  '/organizations/org_dev',
  '/teams',
  '/teams/dev',
  '/teams/dev?tab=usage',
  '/teams/dev?tab=credits',
  '/usage',
  '/usage?by=team&compare=1',
  '/playground',
  '/explain',
  '/explain?team=dev&model=nope',
  '/activity',
  '/connect',
  '/settings',
  '/settings?tab=tokens',
  '/settings?tab=notices',
  '/settings?tab=webhooks',
  '/settings?tab=files',
  '/settings?tab=health',
  '/settings?tab=about',
  '/no-such-page',
];

/** What opens over them, by its address. */
export const OVERLAYS = [
  '/?upstream',
  '/aliases?create',
  '/aliases?edit=smart',
  '/aliases?edit=from-a-file',
  '/aliases?edit=nowhere',
  '/aliases?switch=smart',
  '/aliases?test=smart',
  '/aliases?disable=smart',
  '/aliases?delete=smart',
  '/aliases?deprecate=smart',
  '/aliases?rename=smart',
  '/aliases/fast?split',
  '/aliases?shadow=fast',
  '/aliases?overrides=fast',
  '/aliases?parameters=fast',
  '/catalog?edit=openai%2Fgpt-4',
  '/access-groups?create',
  '/access-groups/dev-models?edit',
  '/access-groups/dev-models?delete',
  '/organizations?create',
  '/organizations/org_dev?edit',
  '/organizations/org_dev?standing',
  '/organizations/org_dev?delete',
  '/teams?create',
  '/teams/dev?edit',
  '/teams/dev?standing=paused',
  '/teams/dev?delete',
  '/teams/dev?credits',
  '/teams/dev?key',
  '/teams/dev?budget',
  '/teams/dev?refill',
  '/settings?create',
  '/settings?tab=tokens&create',
  '/settings?tab=notices&create',
  '/settings?tab=notices&create=new_model%3Asmart',
  '/settings?tab=webhooks&create',
];

/** Beside what `--dev` makes: an alias of every kind, calls, a notice, a budget. */
export async function furnish(server) {
  const key = server.devKey;
  for (const model of ['smart', 'smart', 'gpt-4']) await server.call(key, model);
  await server.post('/api/model-aliases/create', { alias: 'gpt-4-0613', litellm_model: 'mistral/unknown', active: false });
  await server.request('PUT', '/api/model-aliases/smart', { litellm_model: 'openai/gpt-4-turbo', split: [{ litellm_model: 'openai/gpt-4', share: 5 }], fallbacks: [{ litellm_model: 'openai/gpt-3.5-turbo' }] });
  await server.request('PUT', '/api/model-aliases/fast', {
    split: [{ litellm_model: 'openai/gpt-4', share: 5, guardrails: { error_rate: 2, p95_duration: 50 } }],
    shadow: { litellm_model: 'openai/gpt-4o', share: 10 },
    overrides: [{ team_id: 'dev', litellm_model: 'openai/gpt-4' }, { organization_id: 'org_dev', litellm_model: 'openai/gpt-4o' }],
    parameters: { temperature: { default: 0.7, max: 1 }, top_p: { override: 1 }, tools: { forbid: true } },
  });
  await server.post('/api/notices', { title: 'Maintenance on Sunday', text: 'Calls may take longer.', audience: 'everyone' });
  await server.post('/api/model-aliases/gpt-4/deprecate', { sunset_at: '2099-01-31T06:00:00Z', replacement: 'smart', message: 'Prompts stay.', brownouts: [{ starts_at: '2099-01-17T06:00:00Z', ends_at: '2099-01-17T08:00:00Z' }] });
  await server.post('/api/apply', { document: { version: 1, managed_by: 'platform-repo', aliases: { 'from-a-file': 'openai/gpt-4' } } });
  await server.call(key, 'from-a-file');
  await server.post('/api/webhooks/register', { webhook_url: 'https://hooks.example.com/aliases', events: ['alias.deprecated'] });
  await server.post('/api/budgets', { scope: { team_id: 'dev' }, limit_usd: 25, description: 'The plan' });
}
