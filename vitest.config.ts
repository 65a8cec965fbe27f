import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/testing/longest-first.ts';

// Many tests start processes; most of what each of them costs is to compile the same modules.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');
// The CDK validates each template, which takes half of a synthesis. `npm run synth` and `npm run variants` do so, as CI does.
process.env.CDK_VALIDATION ??= 'false';

const INFRA = [
  'test/infra/*.test.ts',
  'test/infra/{bundles,config,constructs,deployment,limits,security,templates}/**/*.test.ts',
];
/** They measure time, or replace globals of their process. */
const ALONE = ['test/functions/webhook/fuzz.test.ts', 'test/simulation/{simulation,kernel/guard}.test.ts'];
/** The same, only in `npm run test:all`. */
const LONG_ALONE = ['test/functions/webhook/fuzz.test.ts', 'test/rehearsal/**/*.test.ts'];
const SETUP = ['test/testing/fixed-property-seed.ts'];
const BROWSER = ['test/browser/**/*.test.ts'];
const STACK = ['test/integration/**/*.test.ts', 'test/chaos/**/*.test.ts'];
/** The one run through the local stack in `npm test`. */
const ONE_RUN = ['test/integration/seed-events.test.ts'];
/** Only in `npm run test:all`, as are the rest of `STACK` and `BROWSER`. */
const LONG = [
  'test/{emulator,package,scale,upgrade}/**/*.test.ts',
  'test/infra/local/{functions,processes,restart,state}.test.ts',
  'test/infra/ops/process.test.ts',
  'test/infra/{deployment,limits,security,constructs/{ingress,settings}}/**/*.test.ts',
  'test/infra/templates/variants.test.ts',
  'test/infra/console/stage.test.ts',
  'test/docs/{commands,python}.test.ts',
  'test/**/*.property.test.ts',
  'test/simulation/seeds.test.ts',
  'test/functions/poller/discovery/cost.test.ts',
  'test/functions/consumers/results/large-results.test.ts',
  'test/shared/store/bodies/large-body.test.ts',
  'test/shared/reconcile/forgotten/{races,interleavings}.test.ts',
  'test/infra/ops/{trigger,act/*,see/{deliveries,dlq,ledger-index}}.test.ts',
];
const SYNTHESIZED = ['test/integration/testing/synthesized-once.ts'];

export default defineConfig({
  test: {
    // Tests of the local stack start all of it; nothing here waits for a fixed time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than the two cores of CI: tests of processes and of the browser wait half of their time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Every file cleans up after itself, so one process can run many of them and load the SDK only once.
      {
        extends: true,
        test: {
          name: 'desk',
          include: ['test/**/*.test.ts'],
          exclude: [...INFRA, ...STACK, ...ALONE, ...BROWSER, ...LONG, ...LONG_ALONE],
          setupFiles: SETUP,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'desk-alone', include: ALONE, setupFiles: SETUP } },
      // They only read what they synthesize; to load the CDK for each file takes twice the time of all tests in it.
      { extends: true, test: { name: 'desk-infra', include: INFRA, exclude: LONG, isolate: false } },
      { extends: true, test: { name: 'desk-stack', include: ONE_RUN } },
      { extends: true, test: { name: 'long', include: LONG, setupFiles: SETUP, isolate: false } },
      {
        extends: true,
        test: { name: 'long-alone', include: LONG_ALONE, setupFiles: SETUP, env: { FUZZ_CASES: '20000' } },
      },
      { extends: true, test: { name: 'stack', include: STACK, exclude: ONE_RUN, globalSetup: SYNTHESIZED } },
      // Skipped where no Chromium is found.
      { extends: true, test: { name: 'browser', include: BROWSER } },
    ],
  },
});
