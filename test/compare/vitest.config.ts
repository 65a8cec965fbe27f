import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** For `npm run compare`. `npm test` does not see these files: their names do not end with `.test.ts`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/compare/**/*.compare.ts'],
    testTimeout: 60_000,
    isolate: false,
  },
});
