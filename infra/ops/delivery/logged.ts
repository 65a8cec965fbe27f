import type { LogEntry } from '../logs/function-logs.ts';
import type { Attempt, CallMade } from './story-document.ts';

/** Attempts of a delivery in the logs, oldest first. */
export function attemptsOf(entries: readonly LogEntry[]): Attempt[] {
  return entries.flatMap((entry): Attempt[] => {
    const { timestamp: at, message, attempts, code, outcome, seconds } = entry;
    const attempt = typeof attempts === 'number' ? attempts : null;
    const common = { attempt, at };
    if (message === 'retry scheduled') {
      return [
        { ...common, code: String(code), retryAfterSeconds: typeof seconds === 'number' ? seconds : null },
      ];
    }
    if (message === 'delivery processed')
      return [{ ...common, code: String(outcome), retryAfterSeconds: null }];
    return [];
  });
}

/** Calls for a delivery in the logs, oldest first. */
export function callsOf(entries: readonly LogEntry[]): CallMade[] {
  return entries
    .filter(({ message }) => message === 'Ocrolus asked')
    .map(({ timestamp, operation, answer, code, ms }) => ({
      at: timestamp,
      operation: String(operation),
      answer: String(answer),
      code: code === undefined ? null : String(code),
      ms: Number(ms),
    }));
}
