import {
  type BackfillCounts,
  type BackfillRange,
  BackfillReport,
  type BackfillRequest,
} from '../../shared/backfill.ts';
import { START } from '../../shared/ocrolus/book-list.ts';
import type { Target } from './target/target.ts';

export interface AccountBackfill extends BackfillCounts {
  readonly account: string;
  readonly calls: number;
  /** Time at which its last book becomes due. */
  readonly dueUntil: string;
}

export interface ReadAccountOptions {
  readonly account: string;
  readonly range: BackfillRange;
  readonly dueFrom: string;
  readonly write: boolean;
  readonly signal: AbortSignal;
  /** Receives the number of books of the range seen so far. */
  readonly onSeen: (books: number) => void;
}

/**
 * Makes the poller go through an account's list of books, part by part: the poller has the API credentials and the
 * rate limit.
 *
 * @throws Error if Ocrolus does not list them, the table fails, or the operator interrupts. Books that are due stay
 * due.
 */
export async function readAccount(
  { invoke }: Pick<Target, 'invoke'>,
  { account, range, dueFrom, write, signal, onSeen }: ReadAccountOptions,
): Promise<AccountBackfill> {
  const total = { unknown: 0, again: 0, waiting: 0, left: 0, calls: 0 };
  let place: BackfillReport['next'] = START;
  let dueUntil = dueFrom;
  while (place !== null) {
    if (signal.aborted) throw new Error(interruption(write));
    const request: BackfillRequest = { mode: 'backfill', account, range, place, dueFrom: dueUntil, write };
    const report = readReport(await invoke('poller', request));
    for (const key of ['unknown', 'again', 'waiting', 'left'] as const) total[key] += report.counts[key];
    total.calls += report.calls;
    ({ dueUntil, next: place } = report);
    onSeen(seen(total));
    if (report.problem !== null) {
      const done = write ? `${total.unknown + total.again} books are due; run it again for the others` : '';
      throw new Error([`account ${account}: stopped by ${report.problem}`, done].filter(Boolean).join('; '));
    }
  }
  return { account, ...total, dueUntil };
}

export function seen({ unknown, again, waiting, left }: BackfillCounts): number {
  return unknown + again + waiting + left;
}

function interruption(write: boolean): string {
  return write ? 'interrupted: run it again for the other books' : 'interrupted; nothing was changed';
}

/** @throws Error for the answer of a poller that ran normally, because it does not know this request. */
function readReport(answer: unknown): BackfillReport {
  const report = BackfillReport.safeParse(answer);
  if (!report.success) throw new Error('the stage has a version without backfill: deploy this one first');
  return report.data;
}
