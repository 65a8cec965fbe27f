import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach } from 'vitest';

/**
 * Makes a folder before each test, and deletes it afterwards.
 *
 * @param before `beforeAll` for one folder of all tests.
 * @returns gives its path.
 */
export function useFolder(
  before: (make: () => Promise<() => Promise<void>>) => void = beforeEach,
): () => string {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'test-'));
    return () => rm(folder, { recursive: true, force: true });
  });
  return () => folder;
}
