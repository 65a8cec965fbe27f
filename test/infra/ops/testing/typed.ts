import { vi } from 'vitest';
import { runCommand } from '../../../../infra/command-line/commands.ts';
import { reportError } from '../../../../infra/command-line/exit.ts';
import { run } from '../../../../infra/ops/run.ts';
import { programOf } from './program.ts';

/** Output of a call, and its exit status. */
export interface Written {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Collects what some work writes in this process. @param work its errors are reported as those of a command. */
export async function written(work: () => Promise<void>): Promise<Written> {
  const chunks: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      chunks[name].push(String(chunk));
      return true;
    }),
  );
  let status = 0;
  try {
    await work();
  } catch (error) {
    status = reportError(error);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { status, stdout: chunks.stdout.join(''), stderr: chunks.stderr.join('') };
}

/** Does what the file behind `npx ocrolus-webhooks` does, in this process. */
export function typed(...words: readonly string[]): Promise<Written> {
  return written(() => runCommand(programOf(run), words));
}
