import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { launch } from '../../../infra/local/launch.ts';
import { logFile } from '../../../infra/running-stacks/data-dir.ts';
import type { MetricName } from '../../../shared/telemetry/metrics.ts';
import { typed } from '../../infra/ops/testing/typed.ts';

const RUNBOOK = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');

/** An hour is a second, so that what is overdue after hours is so at once. The tests say when the poller runs. */
const QUICK = {
  TIME_SCALE: String(1 / 3600),
  OVERDUE_HOURS: '1',
  QUICK_RETRY_SECONDS: '1',
  OCROLUS_REQUESTS_PER_SECOND: '1000',
  OCROLUS_HEAVY_REQUESTS_PER_SECOND: '1000',
  POLL_REQUESTS_PER_SECOND: '1000',
};

/** Output of a command, and whether it succeeded. */
export interface Said {
  readonly words: string;
  readonly text: string;
  readonly isProblem: boolean;
}

/** Commands for a message of another sender, and for a bad version: not part of every night. */
const SPECIAL_CASES = /^dlq discard |^pause /;

/** The commands of a section of the runbook, as they stand there. */
export function commandsOf(section: string): string[] {
  const [, text = ''] = RUNBOOK.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const commands = [...own.matchAll(/npm run -s ops -- ([^`\n]+)/g)].map(([, words = '']) => words.trim());
  return commands.filter((words) => !SPECIAL_CASES.test(words));
}

export type NightShift = Awaited<ReturnType<typeof startNightShift>>;

/** A stack that an operator looks after with the real commands. */
export async function startNightShift() {
  const dataDir = await mkdtemp(join(tmpdir(), 'night-shift-'));
  const launched = await launch(
    { json: false, once: false, port: 0, dataDir, simulator: true, environment: { POLL_SECONDS: 86_400 } },
    {
      assembly: inject('assembly'),
      environment: { '*': QUICK },
      simulator: { requestsPerSecond: 10_000, heavyRequestsPerSecond: 10_000, retryDelayMs: 50 },
      quiet: true,
    },
  );
  const { simulator } = launched;
  if (simulator === undefined) throw new Error('the stack has no simulator');

  const ops = async (words: string): Promise<Said> => {
    const { status, stdout, stderr } = await typed(...words.split(/\s+/), '--data', dataDir);
    if (status !== 0) throw new Error(stderr);
    const isProblem = process.exitCode === 1;
    // A command that found a problem sets it.
    process.exitCode = undefined;
    return { words, text: stdout, isProblem };
  };
  return {
    ...launched,
    dataDir,
    simulator,
    ops,
    /** A verified book, of which no webhook told. */
    async quietBook() {
      const lost = { deliver: false };
      const book = simulator.addBook({ documents: [{}] }, lost);
      await simulator.change({ do: 'verify-book', book: book.uuid }, lost);
      return book;
    },
    /** Everything that a section says to run, in its order, about a book and a delivery where it names them. */
    async follow(section: string, bookUuid = '', deliveryId = ''): Promise<Said[]> {
      const commands = commandsOf(section);
      if (commands.length === 0) throw new Error(`the runbook has no command for ${section}`);
      const said: Said[] = [];
      for (const words of commands) {
        const named = words.replace('BOOK_UUID', bookUuid).replace('DELIVERY_ID', deliveryId);
        said.push(await ops(named.replace(/ --stage prod\b/, '')));
      }
      return said;
    },
    /** The sum of a metric until now; CloudWatch adds up the same lines. @param part of the line, such as a dimension. */
    counted(name: MetricName, part = ''): number {
      const lines = readFileSync(logFile(dataDir), 'utf8').split('\n');
      return lines
        .filter((line) => line.includes('"_aws"') && line.includes(part))
        .reduce((sum, line) => sum + Number(new RegExp(`"${name}":([\\d.]+)`).exec(line)?.[1] ?? 0), 0);
    },
    async end() {
      await launched.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
