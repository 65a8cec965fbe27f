import type { ResultKind } from '../../shared/events/catalog.ts';
import type { BookObservation, Want } from '../../shared/events/envelope.ts';
import { pkOf } from '../../shared/events/ids.ts';
import { nextAccount } from '../../shared/ocrolus/accounts.ts';
import { readBookInfo } from '../../shared/ocrolus/book-info.ts';
import { readBookStatus } from '../../shared/ocrolus/book-status.ts';
import { type BookRef, calls } from '../../shared/ocrolus/calls.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import { overdue } from '../../shared/reconcile/overdue.ts';
import { recordReturns } from '../../shared/reconcile/record-returns.ts';
import { type Sending, settle } from '../../shared/reconcile/settle.ts';
import {
  type Book,
  isForgotten,
  observeBook,
  readBook,
  updateAnyBook,
  updateBook,
  type Writer,
} from '../../shared/store/books.ts';
import { BOOK_STATUS, isBookStatusSuppressed, isOnlyMissing } from '../../shared/store/polling/circuits.ts';
import { isElsewhere, refuseBook } from '../../shared/store/polling/refused-books.ts';
import { relocate } from '../../shared/store/relocate.ts';
import { forgetIfPkIsForgotten } from '../../shared/store/removal/tombstones.ts';
import type { DueRow } from '../../shared/store/table.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';
import { messagesFor } from './messages.ts';
import type { PollMode, PollOptions } from './poll-options.ts';
import { sweepForgotten } from './sweep-forgotten.ts';

/** Our codes of credentials that are refused, or not filled in: nothing was said about the book. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['auth', 'no-credentials']);

/**
 * The outcome of polling a book. `skipped`: it is not due although the index says so, or its account is down. `forgotten`:
 * nothing was asked about it, and its remaining data was removed.
 */
export type PolledBook =
  | { readonly outcome: 'polled'; readonly sent: number }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'forgotten' }
  | { readonly outcome: 'skipped' };

/**
 * Polls one book: asks Book status, and reconciles the whole book. Missing results are sent to the queues; the schedule
 * is written last, so that after a crash everything is done again.
 *
 * @throws Failure `retry` when Ocrolus, the table or a queue fails; the book stays due.
 */
export async function pollBook(
  dependencies: PollerDependencies,
  row: DueRow,
  options: PollOptions,
): Promise<PolledBook> {
  const { ports, accounts, circuits, settings } = dependencies;
  const book = await readBook(ports.table, row.bookId);
  if (book === undefined || !isDue(book, options.mode, ports.now())) return { outcome: 'skipped' };
  if (isForgotten(book)) {
    await sweepForgotten(dependencies, book, options);
    return { outcome: 'forgotten' };
  }
  const account = accounts.names.includes(book.account) ? book.account : (accounts.names[0] ?? book.account);
  if (options.health.isDown(account)) return { outcome: 'skipped' };
  if (await isBookStatusSuppressed(circuits, account)) {
    await noteCircuit(dependencies, account, options);
    await postpone(dependencies, book);
    return { outcome: 'refused' };
  }
  const ref = refOf(book);
  const client = accounts.client(account);
  const reply = await options.health.watch(account, () =>
    client.ask(calls.bookStatus(ref), options.deadline),
  );
  if (reply.kind !== 'ok' && CREDENTIAL_CODES.has(reply.code)) options.health.failed(account, reply.code);
  else options.health.answered(account);
  if (reply.kind !== 'ok') {
    await circuits.refused(account, BOOK_STATUS, reply.code, book.bookId);
    await noteCircuit(dependencies, account, options);
    await refuse(dependencies, book, account, reply.code);
    return { outcome: 'refused' };
  }
  const observation = readBookStatus(reply.answer, ref);
  await circuits.answered(account, BOOK_STATUS);
  options.health.showed(account);
  const writer = { account, source: 'poll', now: ports.now() } as const;
  if (book.observedAt === undefined) await forgetIfPkIsForgotten(ports.table, observation, writer);
  const isMoved = book.bookId !== observation.bookUuid;
  if (isMoved) await relocate(ports.table, book.bookId, observation.bookUuid, writer);
  const known = isMoved ? await readBook(ports.table, observation.bookUuid) : book;
  await recordReturns(ports.table, known, observation);
  const isWanted = !settings.POLL_DISCOVER && known?.hasInfo !== true;
  const info = isWanted ? await askInfo(client, observation.bookUuid, options.deadline) : {};
  return reconcile(dependencies, { known, observation, info, writer }, options);
}

/** Where many books of the account are refused, that is a problem of the account, even if its list of books is answered. */
async function noteCircuit({ circuits }: PollerDependencies, account: string, { health }: PollOptions) {
  const circuit = await circuits.state(account, BOOK_STATUS);
  if (circuit.state !== 'closed' && !isOnlyMissing(circuit)) health.refusesAll(account, circuit.code);
}

type BookInfo = Pick<Book, 'hasInfo' | 'xid' | 'bookType'>;

/** What Book info says, once per book, where the list of books is not read. A failure is left to the next poll. */
async function askInfo(client: OcrolusClient, bookUuid: string, deadline: number): Promise<BookInfo> {
  try {
    const reply = await client.ask(calls.bookInfo({ bookUuid }), deadline);
    return { hasInfo: true, ...(reply.kind === 'ok' && readBookInfo(reply.answer)) };
  } catch {
    return {};
  }
}

function isDue(book: Book, mode: PollMode, now: number): boolean {
  if (book.dueAt !== undefined && book.dueAt <= iso(now)) return true;
  return mode === 'now' && book.complete !== true && book.dueAt !== undefined;
}

function refOf(book: Book): BookRef {
  if (book.bookUuid !== undefined) return { bookUuid: book.bookUuid };
  return { bookPk: book.bookPk ?? pkOf(book.bookId) ?? '' };
}

interface AnsweredPoll {
  /** The book as it is stored under its uuid. */
  readonly known: Book | undefined;
  readonly observation: BookObservation;
  readonly info: BookInfo;
  readonly writer: Writer;
}

async function reconcile(
  dependencies: PollerDependencies,
  { known, observation, info, writer }: AnsweredPoll,
  { sender, mode }: PollOptions,
): Promise<PolledBook> {
  const { ports, times, settings, metrics, log } = dependencies;
  let sent = 0;
  const send: Sending = async (book, planned) => {
    const { changed } = planned;
    const asks = [...planned.asks, ...planned.canaries];
    const { allowed, canaries } = await allowedBy(dependencies, book, asks);
    const messages = messagesFor({ asks: allowed, changed }, observation, canaries);
    if (messages.length === 0) return 'nothing';
    if (mode === 'due' && (await sender.isDeep(messages))) return 'later';
    await sender.send(messages, book.account, ports.now(), mode === 'now');
    sent = messages.length;
    return 'sent';
  };
  const { book, isNewlyStuck } = await settle(
    { ...dependencies, table: ports.table, now: ports.now, random: ports.random },
    {
      bookId: observation.bookUuid,
      known,
      observation,
      // A book that was removed in the meantime stays removed.
      merge: (current) =>
        current === undefined && known !== undefined
          ? undefined
          : { ...observeBook(current, observation, { ...writer, now: ports.now() }, times), ...info },
      send,
      isUrgent: mode === 'now',
    },
  );
  if (book === undefined) return { outcome: 'skipped' };
  if (isNewlyStuck) {
    log.warn('book stuck', { bookUuid: book.bookId, status: book.status, since: book.changedAt });
    metrics.count('BooksStuck', {});
  }
  const before = iso(ports.now() - settings.OVERDUE_HOURS * 3_600_000 * settings.TIME_SCALE);
  const late = overdue(book, before);
  if (late.length > 0) {
    log.warn('results overdue', { bookUuid: book.bookId, kinds: late.join(' ') });
    metrics.count('ResultsOverdue', {}, late.length);
  }
  return { outcome: 'polled', sent };
}

/** For a kind whose circuit is open, only the one call of this hour is allowed. */
async function allowedBy({ circuits }: PollerDependencies, { account }: Book, asks: readonly Want[]) {
  const canaries: ResultKind[] = [];
  const forbidden = new Set<ResultKind>();
  for (const kind of new Set(asks.map((want) => want.kind))) {
    const { state } = await circuits.state(account, kind);
    if (state !== 'canary') continue;
    if (await circuits.takeCanary(account, kind)) canaries.push(kind);
    else forbidden.add(kind);
  }
  const allowed = asks.filter(({ kind }) => !forbidden.has(kind));
  // One call is enough to test the circuit.
  const isFirst = (want: Want) => allowed.find(({ kind }) => kind === want.kind) === want;
  return { allowed: allowed.filter((want) => !canaries.includes(want.kind) || isFirst(want)), canaries };
}

/** Ocrolus refuses to show the book. It may belong to another account than the event that named it came through. */
async function refuse(
  { ports, times, circuits, accounts }: PollerDependencies,
  known: Book,
  account: string,
  code: string,
): Promise<void> {
  const isOutage = (await circuits.state(account, BOOK_STATUS)).state !== 'closed';
  const { names } = accounts;
  await updateBook(
    ports.table,
    known.bookId,
    (book) => {
      if (book === undefined) return book;
      const refused = refuseBook(book, {
        code,
        account,
        accounts: names,
        isOutage,
        now: ports.now(),
        times,
        random: ports.random(),
      });
      const isUnsettled = book.observedAt === undefined || isElsewhere(book, names);
      return isUnsettled ? { ...refused, account: nextAccount(accounts, account) } : refused;
    },
    known,
  );
}

/** Nothing can be asked about books of the account for now. */
async function postpone({ ports, times }: PollerDependencies, known: Book): Promise<void> {
  const dueAt = iso(ports.now() + times.min * (1 + ports.random()));
  await updateBook(
    ports.table,
    known.bookId,
    (book) => (book?.dueAt === known.dueAt && book !== undefined ? { ...book, dueAt } : book),
    known,
  );
}

/**
 * Moves a book that could not be polled behind those that are due already: a few books that always fail must not keep the
 * poller from all others.
 */
export async function moveBehind({ ports }: PollerDependencies, { bookId, dueAt }: DueRow): Promise<void> {
  await updateAnyBook(ports.table, bookId, (book) =>
    book !== undefined && book.dueAt === dueAt ? { ...book, dueAt: iso(ports.now()) } : book,
  );
}
