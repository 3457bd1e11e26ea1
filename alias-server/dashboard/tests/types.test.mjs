// The pages are written against the API's types as they were kept; they have to fit the API as it is now.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server } from './server.mjs';

const HERE = fileURLToPath(new URL('../', import.meta.url));

test('the pages fit the API as it is now', async () => {
  const server = await Server.start();
  const copy = join(HERE, 'node_modules/.fit');
  try {
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy, { recursive: true });
    cpSync(join(HERE, 'src'), join(copy, 'src'), { recursive: true });
    cpSync(join(HERE, 'tsconfig.json'), join(copy, 'tsconfig.json'));
    const types = join(copy, 'src/api/schema.d.ts');
    execFileSync('node', [join(HERE, 'tools/types.mjs'), types], { cwd: HERE, env: { ...process.env, OPENAPI: `${server.url}/openapi.json` } });
    try {
      execFileSync(join(HERE, 'node_modules/.bin/tsc'), ['--noEmit', '-p', copy], { encoding: 'utf8' });
    } catch (refused) {
      assert.fail(`run \`npm run types\` and adapt the pages:\n${refused.stdout}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
    await server.end();
  }
});
