import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reports.ts';

/** The board in Chromium, on the real server: one file after the other, because each has a server and a browser. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    environment: 'node',
    reporters: reporters('browser.xml'),
    fileParallelism: false,
    // What a dispatcher does builds on what was done before: a step that fails ends its file.
    sequence: { concurrent: false },
    bail: 0,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
