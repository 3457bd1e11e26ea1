// Where calls go by who makes them, and what becomes of their parameters: edited, refused at the field, told in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browser, open, serve, server, until, violations, visit } from './server.mjs';

serve({ dev: true });

const alias = async (name) => (await server.get(`/api/model-aliases/${name}`)).body;
const create = (name, fields) => server.post('/api/model-aliases/create', { alias: name, litellm_model: 'openai/gpt-4', ...fields });
const LOOKS = [['light', 1440], ['dark', 390]];

for (const [theme, width] of LOOKS) {
  test(`teams and organizations get targets of their own (${theme}, ${width} px)`, async () => {
    const name = `own-${theme}`;
    await create(name);
    const page = await visit(browser, server, { theme, width });
    await open(page, `/aliases/${name}`);
    await page.getByRole('button', { name: 'Overrides…' }).click();
    const form = page.getByRole('dialog', { name: `Overrides of ${name}` });
    await form.getByRole('button', { name: 'Add an override' }).click();
    const one = form.getByRole('group', { name: 'Override 1', exact: true });
    await one.getByRole('combobox', { name: 'Team' }).fill('de');
    await page.getByRole('option', { name: 'dev' }).click();
    await one.getByRole('combobox', { name: 'LiteLLM Model' }).fill('nonsense');
    await form.getByRole('button', { name: 'Save overrides' }).click();
    await one.getByText('litellm_model must look like provider/model-name').waitFor();
    await one.getByRole('combobox', { name: 'LiteLLM Model' }).fill('openai/gpt-4-turbo');
    await page.keyboard.press('Escape');
    await one.getByText(`All calls of ${name} by team dev go to openai/gpt-4-turbo.`).waitFor();
    await form.getByRole('button', { name: 'Add an override' }).click();
    const two = form.getByRole('group', { name: 'Override 2', exact: true });
    await two.getByRole('combobox', { name: 'Team' }).fill('dev');
    await page.keyboard.press('Escape');
    await two.getByRole('combobox', { name: 'LiteLLM Model' }).fill('openai/gpt-4o');
    await page.keyboard.press('Escape');
    await form.getByRole('button', { name: 'Save overrides' }).click();
    await form.getByText('team dev stands here twice').first().waitFor();
    await two.getByRole('combobox', { name: 'For' }).click();
    await page.getByRole('option', { name: 'An organization' }).click();
    await two.getByRole('combobox', { name: 'Organization' }).fill('org_dev');
    await page.keyboard.press('Escape');
    assert.deepEqual(await violations(page), []);
    await form.getByRole('button', { name: 'Save overrides' }).click();
    await page.getByText(`Saved ${name}`).waitFor();
    assert.deepEqual((await alias(name)).overrides, [
      { team_id: 'dev', litellm_model: 'openai/gpt-4-turbo' },
      { organization_id: 'org_dev', litellm_model: 'openai/gpt-4o' },
    ]);
    const panel = page.getByRole('region', { name: 'Where calls go' });
    await panel.getByRole('link', { name: 'org_dev' }).waitFor();
    await open(page, `/aliases?overrides=${name}`);
    await form.getByRole('button', { name: 'Remove override 1' }).click();
    await until('the focus near it', () => form.getByRole('button', { name: 'Add an override' }).evaluate((button) => button === document.activeElement));
    await form.getByRole('button', { name: 'Save overrides' }).click();
    await until('the removal', async () => (await alias(name)).overrides.length === 1);
    assert.deepEqual(page.faults, []);
  });

  test(`rules on parameters are set, each says what it does (${theme}, ${width} px)`, async () => {
    const name = `ruled-${theme}`;
    await create(name, { parameters: { stop: { override: ['a'] } } });
    const page = await visit(browser, server, { theme, width });
    await open(page, `/aliases/${name}?parameters`);
    const form = page.getByRole('dialog', { name: `Parameter rules of ${name}` });
    const rule = (number) => form.getByRole('group', { name: `Rule ${number}`, exact: true });
    const add = async (number, parameter) => {
      await form.getByRole('button', { name: 'Add a rule' }).click();
      await rule(number).getByRole('combobox', { name: 'Parameter' }).fill(parameter);
      await page.keyboard.press('Escape');
      return rule(number);
    };
    await rule(1).getByText('stop is sent as ["a"], whatever the call says.').waitFor();
    const temperature = await add(2, 'temperature');
    await temperature.getByRole('textbox', { name: 'Default' }).fill('3');
    await temperature.getByRole('textbox', { name: 'Most' }).fill('1');
    await temperature.getByText('Calls that do not say temperature send 3. More than 1 is sent as 1.').waitFor();
    await form.getByRole('button', { name: 'Save rules' }).click();
    const standard = temperature.getByRole('textbox', { name: 'Default' });
    await until('the refusal at its field', async () => (await standard.getAttribute('aria-invalid')) === 'true');
    await temperature.getByText('default must be a number within min and max').waitFor();
    await standard.fill('0.7');
    const tokens = await add(3, 'max_tokens');
    await tokens.getByRole('textbox', { name: 'Most' }).fill('4000');
    await tokens.getByText('More than 4000 is sent as 4000, and so is nothing at all.').waitFor();
    const tools = await add(4, 'temperature');
    await tools.getByText('Has a rule already').waitFor();
    assert.ok(await form.getByRole('button', { name: 'Save rules' }).isDisabled());
    await tools.getByRole('combobox', { name: 'Parameter' }).fill('model');
    await page.keyboard.press('Escape');
    await tools.getByRole('combobox', { name: 'Rule' }).click();
    await page.getByRole('option', { name: 'Forbid' }).click();
    await form.getByRole('button', { name: 'Save rules' }).click();
    await tools.getByText('is the service\'s own to read and write').waitFor();
    await tools.getByRole('combobox', { name: 'Parameter' }).fill('tools');
    await page.keyboard.press('Escape');
    await tools.getByText('Calls that say tools are refused.').waitFor();
    assert.deepEqual(await violations(page), []);
    await form.getByRole('button', { name: 'Save rules' }).click();
    await page.getByText(`Saved ${name}`).waitFor();
    assert.deepEqual((await alias(name)).parameters, { stop: { override: ['a'] }, temperature: { default: 0.7, max: 1 }, max_tokens: { max: 4000 }, tools: { forbid: true } });
    await page.getByRole('region', { name: 'Where calls go' }).getByText('Calls that say tools are refused.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await until('the undoing', async () => Object.keys((await alias(name)).parameters).length === 1);
    assert.deepEqual(page.faults, []);
  });
}
