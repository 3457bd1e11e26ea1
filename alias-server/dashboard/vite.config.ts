// How the dashboard is built: to `dist`, which the server embeds and serves below /ui.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 600, modulePreload: { polyfill: false } },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/v1', '/health', '/version', '/openapi.json', '/docs'].map((path) => [path, 'http://127.0.0.1:8003']),
    ),
  },
});
