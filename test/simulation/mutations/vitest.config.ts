import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders of tests about what is mutated. */
const TESTED = ['shared/{checklist,reconcile,store,rate-limit}', 'functions/{consumers,poller}'];

/** Tests that import the mutated file first, then those that took the shortest time: most mutations are found within seconds. */
class SoonestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const name = `/${process.env.MUTATED_FILE?.split('/').at(-1)}'`;
    const rank = ({ moduleId }: TestSpecification) => Number(!readFileSync(moduleId, 'utf8').includes(name));
    const duration = (file: TestSpecification) =>
      this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0;
    return files.toSorted((one, other) => rank(one) - rank(other) || duration(one) - duration(other));
  }
}

/** For the copy of the project in which a line was changed: `catch.ts`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../../..'),
    include: TESTED.map((folder) => `test/${folder}/**/*.test.ts`),
    setupFiles: ['test/testing/fixed-property-seed.ts'],
    // They end with the process, also one whose test runs forever.
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    bail: 1,
    testTimeout: 60_000,
    sequence: { sequencer: SoonestFirst },
  },
});
