import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reports.ts';

// `npm run dev` and `npm run preview` beside `truckroll serve`.
const proxy = { '/v1': process.env['TRUCKROLL_SERVER'] ?? 'http://127.0.0.1:8460' };

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // Everything is a file of its own: the page's policy allows no data: script and no inline one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // MapLibre is large, and loaded only when there are tiles to show.
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: 'es' },
  server: { proxy },
  preview: { proxy },
  test: { include: ['test/unit/**/*.test.ts'], environment: 'node', reporters: reporters('unit.xml') },
});
