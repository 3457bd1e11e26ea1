// How the dashboard is built: to `dist`, which the server embeds and serves below /ui.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

import { textsOf } from './tools/po.mjs';

const SMALL = 1_024;

/** Scripts and styles also as small as they get, so that the server need not compress them for each visitor. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // What was written is what is compressed: other plugins change files up to the end.
    writeBundle({ dir = 'dist' }, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        if (!/\.(js|css)$/.test(fileName)) continue;
        const written = readFileSync(join(dir, fileName));
        if (written.length >= SMALL) writeFileSync(join(dir, `${fileName}.gz`), gzipSync(written, { level: 9 }));
      }
    },
  };
}

const LOCALES = join(import.meta.dirname, 'src/locales');

/** Every language that there is a catalogue of, as the file that a page in it fetches. English stands in the pages. */
function languages(): Plugin {
  return {
    name: 'languages',
    generateBundle() {
      for (const file of readdirSync(LOCALES).filter((name) => name.endsWith('.po'))) {
        const source = JSON.stringify(textsOf(readFileSync(join(LOCALES, file), 'utf8')));
        this.emitFile({ type: 'asset', fileName: `locales/${basename(file, '.po')}.json`, source });
      }
    },
  };
}

const SERVER = 'http://127.0.0.1:8003';

export default defineConfig({
  base: '/ui/',
  plugins: [react(), languages(), compressed()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    // What most pages need is one file: each of many small ones costs its head, and is compressed by itself.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'common', minShareCount: 10 }] } } },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/v1', '/health', '/version', '/openapi.json', '/docs'].map((path) => [path, { target: SERVER, changeOrigin: true, headers: { origin: SERVER } }]),
    ),
  },
});
