import { createHash } from 'node:crypto';
import type { BookObservation } from '../../shared/events/envelope.ts';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { asFailure } from '../../shared/failure.ts';
import { observeBook } from '../../shared/ocrolus/book-status.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import { BOOK_VERIFIED, DELETED } from '../../shared/ocrolus/statuses.ts';
import { readKnownDocuments } from '../../shared/store/documents.ts';
import { type Appointment, type DueBook, makeAppointment } from '../../shared/store/due.ts';
import type { WaitItem } from '../../shared/store/items.ts';
import type { Table } from '../../shared/store/table.ts';
import { deleteWait, postponeWait, readWaits } from '../../shared/store/waits.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import { bookIds, type Found, findMissing } from './missing.ts';
import { nextDue } from './next-due.ts';
import type { PollerSettings } from './settings.ts';

/** `due`: on schedule. `now`: an operator asks, and does not want to wait for the grace time. */
export type PollMode = 'due' | 'now';

export interface VisitParts {
  readonly settings: PollerSettings;
  readonly table: Table;
  readonly send: (
    book: DueBook,
    observation: BookObservation | undefined,
    found: readonly Found[],
  ) => Promise<void>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
  readonly random: () => number;
}

/**
 * Looks at one book that is due: asks Book status, sends what is missing as messages, and makes the next
 * appointment last, so that a crash in between does it all once more.
 *
 * @returns how many messages were sent.
 * @throws Failure when Ocrolus fails in passing; the book stays due.
 */
export async function visit(
  parts: VisitParts,
  client: OcrolusClient,
  book: DueBook,
  deadline: number,
  mode: PollMode = 'due',
): Promise<number> {
  const waits = book.waiting === true ? await readWaits(parts.table, book.bookId) : [];
  let observation: BookObservation;
  try {
    const ref = book.bookUuid === undefined ? pkOf(book) : { bookUuid: book.bookUuid };
    observation = await observeBook(client, ref, deadline);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.class !== 'refused') throw failure;
    const poll = { fingerprint: `refused-${failure.code}`, checked: true };
    await appoint(parts, book, { poll, open: false, waitUntil: undefined });
    return 0;
  }
  const { found, isNew } = await look(parts, book, observation, waits, mode);
  const { found: followUps, waitUntil, postpone } = await followUp(parts, book, waits);
  const messages = [...found, ...followUps];
  if (messages.length > 0) await parts.send(book, observation, messages);
  await postpone();
  const open = isNew || found.length > 0;
  // While something is waited for there may be more to look for after it; once it is given up there is not.
  const looks = fingerprint(observation);
  const before = book.poll?.fingerprint === looks ? book.poll : undefined;
  const poll = {
    fingerprint: looks,
    since: before?.since ?? parts.now().toISOString(),
    checked: !open && waitUntil === undefined,
    asked: found.length > 0 && !isNew ? (before?.asked ?? 0) + 1 : 0,
  };
  await appoint(parts, book, { poll, open, waitUntil, observation });
  if (isAtWork(observation, poll.checked) && poll.since < horizonOf(parts)) {
    const { account, bookId } = book;
    parts.log.warn('book stuck', { account, bookId, status: observation.status, since: poll.since });
    parts.metrics.count('BooksStuck', {});
  }
  return messages.length;
}

function pkOf(book: DueBook) {
  return { bookPk: book.bookPk ?? book.bookId.replace(/^pk-/, '') };
}

/** What is new is told at once; what is missing only when it has been so for the grace time. */
async function look(
  parts: VisitParts,
  book: DueBook,
  observation: BookObservation,
  waits: readonly WaitItem[],
  mode: PollMode,
): Promise<{ found: Found[]; isNew: boolean }> {
  // By the pk alone, so that the consumer moves what was stored under it to the uuid.
  if (book.bookUuid === undefined)
    return { found: [statusFound({ bookPk: pkOf(book).bookPk })], isNew: true };
  const seenBefore = book.poll?.fingerprint === fingerprint(observation);
  if (mode === 'due' && seenBefore && book.poll?.checked === true) return { found: [], isNew: false };
  if (mode === 'due' && !seenBefore) {
    const moved = book.status !== observation.status && observation.status !== BOOK_VERIFIED;
    const isNews = moved || book.status === undefined;
    return { found: isNews ? [statusFound(bookIds(observation))] : [], isNew: true };
  }
  const known = await readKnownDocuments(parts.table, observation.bookUuid);
  const found = findMissing(book, observation, known, waits, parts.settings.POLL_EXPECT);
  return { found, isNew: false };
}

function statusFound(ids: Found['ids']): Found {
  return { ...POLL_EVENTS.status, ids, carry: true };
}

/**
 * What the book waits for and may be there by now; what has been waited for past the horizon is given up.
 *
 * @returns `postpone` is for after the messages were sent, so that a failure in between sends them again.
 */
async function followUp(parts: VisitParts, book: DueBook, waits: readonly WaitItem[]) {
  const now = parts.now();
  const horizon = horizonOf(parts);
  const found: Found[] = [];
  const waitUntil: string[] = [];
  const overdue: WaitItem[] = [];
  // Time for the message to be worked off before it is sent again.
  const again = new Date(now.getTime() + 2 * parts.settings.POLL_GRACE_SECONDS * 1000).toISOString();
  for (const wait of waits) {
    if (wait.waitUntil > now.toISOString()) {
      waitUntil.push(wait.waitUntil);
      continue;
    }
    if (wait.since < horizon) {
      await deleteWait(parts.table, wait.bookId, wait.item);
      const { account, bookId, channel, since } = wait;
      parts.log.warn('wait given up', { account, bookId, channel, since });
      parts.metrics.count('WaitGivenUp', {});
      continue;
    }
    const { eventName, channel, ids, jobs, item } = wait;
    found.push({ eventName, channel, ids: { ...ids, ...uuidOf(book) }, jobs, wait: item, carry: false });
    overdue.push(wait);
    waitUntil.push(again);
  }
  const postpone = async () => {
    for (const wait of overdue) await postponeWait(parts.table, wait, again);
  };
  return { found, waitUntil: waitUntil.sort()[0], postpone };
}

/** What has not moved since before this is not going to by itself. */
function horizonOf({ settings, now }: VisitParts): string {
  return new Date(now().getTime() - settings.POLL_HORIZON_DAYS * 86_400_000).toISOString();
}

/** Something is still to come: from Ocrolus, or from a consumer. */
function isAtWork({ status }: BookObservation, checked: boolean): boolean {
  return status !== DELETED && !(status === BOOK_VERIFIED && checked);
}

function uuidOf({ bookUuid }: DueBook) {
  return bookUuid === undefined ? {} : { bookUuid };
}

async function appoint(
  parts: VisitParts,
  book: DueBook,
  seen: {
    readonly poll: Appointment['poll'];
    readonly open: boolean;
    readonly waitUntil: string | undefined;
    readonly observation?: BookObservation;
  },
): Promise<void> {
  const { poll, open, waitUntil, observation } = seen;
  const now = parts.now();
  const settled = poll.checked && observation?.status === BOOK_VERIFIED;
  const settledAt = settled ? (book.settledAt ?? now.toISOString()) : undefined;
  const dueAt = nextDue(
    {
      over: poll.checked && observation?.status === DELETED && book.status === DELETED,
      open,
      asked: poll.asked ?? 0,
      settledAt: observation === undefined ? book.createdAt : settledAt,
      createdAt: book.createdAt,
      waitUntil,
    },
    parts.settings,
    now,
    parts.random(),
  );
  await makeAppointment(parts.table, book, { dueAt, poll, waiting: waitUntil !== undefined, settledAt });
}

/** The book as it looks: its status, and each document's. */
function fingerprint({ status, documents }: BookObservation): string {
  const parts = documents.map((document) => `${document.docUuid} ${document.status}`).sort();
  return createHash('sha256')
    .update([status, ...parts].join('\n'))
    .digest('hex')
    .slice(0, 16);
}
