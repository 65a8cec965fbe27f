import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** Version of the layout. Raise it when a stack can no longer read the files of the version before. */
const LAYOUT = 2;

const VersionFile = z.object({ layout: z.literal(LAYOUT) });

/** Paths of each part of a stack's state, which outlives restarts. */
export type StateFolder = Awaited<ReturnType<typeof openStateFolder>>;

/** The content of the folder cannot be used; the message says what to do. */
export class UnusableState extends Error {
  override readonly name = 'UnusableState';

  constructor(folder: string, reason: string, options?: ErrorOptions) {
    super(
      `the state in ${folder} cannot be used (${reason}): start with another --data, or delete this folder to start empty`,
      options,
    );
  }
}

/**
 * Creates the folder, or checks that an earlier stack with the same layout created it.
 *
 * @throws UnusableState
 */
export async function openStateFolder(path: string) {
  const versionFile = join(path, 'version.json');
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length === 0) await writeFile(versionFile, JSON.stringify({ layout: LAYOUT }));
  await orUnusable(path, 'another version of the local stack wrote it', () =>
    VersionFile.parse(JSON.parse(readFileSync(versionFile, 'utf8'))),
  );
  return {
    path,
    table: join(path, 'table'),
    queues: join(path, 'queues'),
    secretsFile: join(path, 'secrets.json'),
    /** Changes of the books of the simulated Ocrolus. */
    booksFile: join(path, 'books.jsonl'),
  };
}

/** Opens a part of the state. @throws UnusableState with the reason, if that fails. */
export async function orUnusable<T>(folder: string, reason: string, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof UnusableState) throw error;
    throw new UnusableState(folder, reason, { cause: error });
  }
}
