import {
  type BackfillCounts,
  type BackfillRange,
  BackfillReport,
  type BackfillRequest,
} from '../../../../shared/backfill.ts';
import { START } from '../../../../shared/ocrolus/book-list.ts';
import { UsageError } from '../../../command-line/commands.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { progressBar } from '../../../command-line/progress.ts';
import { tableText } from '../../../command-line/table-text.ts';
import { type Bound, bound, boundText } from '../../options.ts';
import {
  changingCommand,
  type Output,
  type Run,
  type Session,
  type StackOptions,
  sameStack,
} from '../../stack-command.ts';
import type { Target } from '../../target/target.ts';

interface Options extends StackOptions {
  readonly account?: string;
  readonly from?: Bound;
  readonly to?: Bound;
  readonly dryRun?: true;
}

export function backfillCommand(run: Run) {
  return changingCommand('backfill', {
    summary: 'fetch books that existed before the stage did, or that it has lost track of',
    description:
      'Reads the account’s list of books, and makes those of the range due to be polled: books that are not stored, and stored ones ' +
      'that were not compared with Ocrolus for a day. The poller then fetches what the setting "results" asks for. The books become due ' +
      'one after the other, at the pace of the stage’s rate limit, so new books do not wait behind them. Stop it and run it again as ' +
      'you like: a book that is due, or has its results, is not fetched twice. The setting poll.discoverFrom does not matter here.',
    status0: 'every book of the range is due or needs nothing; with --dry-run: they are counted.',
    examples: [
      ['ops backfill --from 2026-01-01 --dry-run --stage prod', 'how many books, how many calls, how long'],
      ['ops backfill --from pk-120000 --to pk-130000 --stage prod', 'books by their pk, both ends included'],
      ['ops backfill --account lending --from 90d --yes --stage prod', 'one account, without a question'],
    ],
  })
    .option('--account <name>', 'only this account')
    .option(
      '--from <time|pk>',
      'required: books created since 90d, 2026-01-02 or 2026-01-02T08:00:00Z, or from pk-<number> on',
      bound,
    )
    .option('--to <time|pk>', 'books created until, or up to pk-<number>; all when left out', bound)
    .option('--dry-run', 'count the books, and change nothing')
    .action((options) => {
      const range = rangeOf(options.from, options.to);
      return run(options, (session) => backfill(session, options, range));
    });
}

async function backfill(session: Session, options: Options, range: BackfillRange): Promise<Output> {
  const { target, confirm, screen } = session;
  const { from, to, account, dryRun = false } = options;
  const known = await target.accounts();
  if (account !== undefined && !known.includes(account))
    throw new UsageError(`account is one of: ${known.join(' ')}`);
  const accounts = account === undefined ? known : [account];
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const work = { target, accounts, range, signal };

  let result = await readAll({ ...work, write: false }, undefined);
  const { unknown, again, waiting, calls } = sumOf(result);
  if (!dryRun && unknown + again > 0) {
    const end = result.at(-1)?.dueUntil ?? '';
    const plan =
      `fetch ${unknown} books that are not stored, and compare ${again} again; ${waiting} are due already. ` +
      `About ${calls} calls, done at about ${end} at the stage’s rate limit`;
    await confirm(plan, signal);
    if (signal.aborted) throw new Error('interrupted; nothing was changed');
    result = await readAll({ ...work, write: true }, seen(sumOf(result)));
  }
  const total = sumOf(result);
  const endsAt = total.unknown + total.again + total.waiting > 0 ? (result.at(-1)?.dueUntil ?? null) : null;
  const document = { from: ends(from), to: ends(to), ...total, endsAt, dryRun, accounts: result };
  const rows = result.map((one) => [
    one.account,
    ...[one.unknown, one.again, one.waiting, one.left, one.calls].map(String),
  ]);
  const header = ['ACCOUNT', 'NOT STORED', 'AGAIN', 'DUE ALREADY', 'LEFT', 'CALLS'];
  const text = [tableText(header, rows, screen), '', conclusion(document, options)].join('\n');
  return { document, text };
}

interface Work {
  readonly target: Session['target'];
  readonly accounts: readonly string[];
  readonly range: BackfillRange;
  readonly signal: AbortSignal;
  readonly write: boolean;
}

/** Reads one account after the other, because all share the rate limit. */
async function readAll(work: Work, total: number | undefined): Promise<AccountBackfill[]> {
  const bar = progressBar(total);
  const read: AccountBackfill[] = [];
  let before = 0;
  let dueFrom = new Date().toISOString();
  try {
    for (const account of work.accounts) {
      const onSeen = (books: number) => bar.show(before + books, `books of ${account}`);
      const one = await readAccount(work.target, { ...work, account, dueFrom, onSeen });
      read.push(one);
      before += seen(one);
      dueFrom = one.dueUntil;
    }
  } finally {
    bar.end();
  }
  return read;
}

function sumOf(accounts: readonly AccountBackfill[]) {
  const total = { unknown: 0, again: 0, waiting: 0, left: 0, calls: 0 };
  for (const one of accounts) {
    for (const key of ['unknown', 'again', 'waiting', 'left', 'calls'] as const) total[key] += one[key];
  }
  return total;
}

/** @throws UsageError */
function rangeOf(from: Bound | undefined, to: Bound | undefined): BackfillRange {
  if (from === undefined) throw new UsageError('--from is missing');
  const isBackwards =
    to !== undefined &&
    (('time' in from && 'time' in to && to.time < from.time) ||
      ('pk' in from && 'pk' in to && BigInt(to.pk) < BigInt(from.pk)));
  if (isBackwards) throw new UsageError('--to is before --from');
  return {
    ...('pk' in from ? { fromPk: from.pk } : { fromTime: from.time }),
    ...(to !== undefined && ('pk' in to ? { toPk: to.pk } : { toTime: to.time })),
  };
}

function ends(end: Bound | undefined): string | null {
  return end === undefined ? null : boundText(end);
}

interface Document extends BackfillCounts {
  readonly endsAt: string | null;
  readonly dryRun: boolean;
}

function conclusion(document: Document, options: Options): string {
  const { left, endsAt, dryRun } = document;
  if (seen(document) === 0) return 'Ocrolus lists no book of the range';
  if (seen(document) === left) return 'nothing to do: every book of the range has been compared';
  if (dryRun) return `nothing was changed; all of it would be fetched by about ${endsAt}`;
  const which = sameStack(options);
  return [
    `the poller fetches them until about ${endsAt}, or at once with "ops poll${which}"`,
    `"ops missing${which}" shows what is missing; this command with --dry-run, how many books are still due`,
  ].join('\n');
}

interface AccountBackfill extends BackfillCounts {
  readonly account: string;
  readonly calls: number;
  /** Time at which its last book becomes due. */
  readonly dueUntil: string;
}

interface ReadAccountOptions {
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

function seen({ unknown, again, waiting, left }: BackfillCounts): number {
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
