import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

// Many tests start processes; most of what each of them costs is to compile the same modules.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

const INFRA = ['test/infra/**/*.test.ts'];
/** They measure time, or replace globals of their process. */
const ALONE = ['test/webhook/fuzz.test.ts', 'test/simulation/**/*.test.ts'];
const SETUP = ['test/fixed-property-seed.ts'];
const BROWSER = ['test/browser/**/*.test.ts'];
const INTEGRATION = ['test/integration/**/*.test.ts', 'test/chaos/**/*.test.ts'];

export default defineConfig({
  test: {
    // Integration tests start a whole stack; nothing here waits for a fixed time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Every file cleans up after itself, so one process can run many of them and load the SDK only once.
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...INFRA, ...INTEGRATION, ...ALONE, ...BROWSER],
          setupFiles: SETUP,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, setupFiles: SETUP } },
      // They only read what they synthesize; to load the CDK for each file takes twice the time of all tests in it.
      { extends: true, test: { name: 'infra', include: INFRA, isolate: false } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: INTEGRATION,
          globalSetup: ['test/integration/testing/synthesized-once.ts'],
        },
      },
      // Skipped where no Chromium is found.
      { extends: true, test: { name: 'browser', include: BROWSER } },
    ],
  },
});
