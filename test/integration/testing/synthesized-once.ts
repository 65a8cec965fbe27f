import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../../infra/local/template/synthesize.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the cloud assembly that every integration test runs. */
    readonly assembly: string;
  }
}

/** Synthesizes the app once for all integration tests: it takes seconds, and comes out the same each time. */
export default async function synthesizeOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-assembly-'));
  const said: string[] = [];
  try {
    await synthesize(folder, (_source, line) => said.push(line));
  } catch (error) {
    throw new Error(`${error}\n${said.join('\n')}`);
  }
  project.provide('assembly', folder);
  return () => rm(folder, { recursive: true, force: true });
}
