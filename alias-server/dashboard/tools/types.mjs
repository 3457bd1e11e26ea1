// Writes src/api/schema.d.ts from the server's own OpenAPI document: `npm run types`, with OPENAPI as file or address.
import { readFile, writeFile } from 'node:fs/promises';

import openapiTS, { astToString } from 'openapi-typescript';

const source = process.env.OPENAPI ?? 'http://127.0.0.1:8003/openapi.json';
const target = process.argv[2] ?? 'src/api/schema.d.ts';
const text = /^https?:/.test(source) ? await (await fetch(source)).text() : await readFile(source, 'utf8');
const document = JSON.parse(text);
const isDryRun = (schema) => schema?.$ref === '#/components/schemas/DryRun';

// Only what pages are written against: bodies and parameters. Errors all have one shape, which problem.ts knows.
for (const item of Object.values(document.paths)) {
  for (const operation of Object.values(item)) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      delete response.headers;
      // Reports can also be had as CSV, which pages only link to.
      if (response.content?.['application/json']) response.content = { 'application/json': response.content['application/json'] };
      if (!status.startsWith('2')) delete operation.responses[status];
      // Pages ask for an impact; they do not try a write out.
      const schema = response.content?.['application/json']?.schema;
      if (isDryRun(schema)) delete operation.responses[status];
      else if (schema?.oneOf?.some(isDryRun)) response.content['application/json'].schema = schema.oneOf.find((one) => !isDryRun(one));
    }
  }
}
const bare = JSON.parse(JSON.stringify(document, (name, value) => (name === 'example' || name === 'examples' ? undefined : value)));
const written = astToString(await openapiTS(bare, { emptyObjectsUnknown: true })).replace(/\n\s*\/\*\*[^]*?\*\//g, '');
await writeFile(target, `// Generated from the server's OpenAPI document by tools/types.mjs. Do not edit.\n${written}`);
