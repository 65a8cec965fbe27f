import type { Target } from '../target/target.ts';
import { entryOf, type LogEntry } from './function-logs.ts';

const MOST_RUNS = 25;

/**
 * The latest runs of the poller, newest first, from its log (functions/poller/poll.ts).
 *
 * @param from ISO 8601 UTC.
 * @throws the error of the logs.
 */
export async function readPollerRuns({ logs }: Pick<Target, 'logs'>, from: string, signal: AbortSignal) {
  const runs: ReturnType<typeof runOf>[] = [];
  const query = { functions: ['poller'], from, texts: ['polled', 'discovery stopped'] };
  for await (const line of logs.read(query, signal)) {
    const entry = entryOf(line);
    if (entry?.message === 'polled') runs.unshift(runOf(entry));
    if (entry?.message !== 'discovery stopped') continue;
    const run = runs.find(({ requestId }) => requestId === entry.requestId);
    run?.problems.push(`${entry.account} (${entry.code})`);
  }
  return runs.slice(0, MOST_RUNS);
}

function runOf({ requestId, timestamp: at, discovered, polled, isBehind }: LogEntry) {
  const counts = { discovered: Number(discovered), polled: Number(polled), isBehind: isBehind === true };
  /** Accounts whose list of books could not be read, with the code of the failure. */
  const problems: string[] = [];
  return { requestId, at, ...counts, problems };
}
