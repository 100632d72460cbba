import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reports.ts';

/** The board under load: `./load.sh`, part of `cargo xtask soak`. */
export default defineConfig({
  test: {
    include: ['test/load/**/*.test.ts'],
    environment: 'node',
    reporters: reporters('load.xml'),
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 1_200_000,
  },
});
