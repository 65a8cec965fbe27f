import { createHash } from 'node:crypto';
import type { BookObservation } from '../events/envelope.ts';
import { EXPECTABLE } from '../events/poll-events.ts';
import { BOOK_VERIFIED, DELETED } from '../ocrolus/statuses.ts';
import type { BookItem, Outcome } from './items.ts';
import { BOOK_ITEM, dueShard } from './keys.ts';
import type { Condition, Item, Table, Update } from './table.ts';

export type WriteOutcome = Extract<Outcome, 'applied' | 'unchanged' | 'stale'>;

export interface BookWritten {
  readonly outcome: WriteOutcome;
  /** Of the book after the write, or as it stands when the write was stale. */
  readonly generation: number;
}

/** How often a write is tried again when another writer came between reading and writing. */
const RACES = 5;

/**
 * Writes down what Book status said. Only a newer observation wins, `DELETED` stays, and a verified book that
 * is seen at work again, or with other documents, starts a new generation with nothing available yet (design
 * section 5). Idempotent.
 *
 * @param dueAt when the poller shall look at the book next; when absent, an appointment there is stays as it is.
 */
export async function writeBook(
  table: Table,
  observation: BookObservation,
  more: {
    readonly account: string;
    readonly source: BookItem['source'];
    readonly now: string;
    readonly dueAt?: string | undefined;
  },
): Promise<BookWritten> {
  const key = { bookId: observation.bookUuid, item: BOOK_ITEM };
  const isVerified = observation.status === BOOK_VERIFIED;
  const set = {
    ...observedAttributes(observation),
    ...moreAttributes(observation.bookUuid, more),
    ...(!isVerified && { verifiedAt: undefined }),
  };
  const setOnce = {
    account: more.account,
    createdAt: more.now,
    // A book that is new to the table must not stay out of the poller's sight, whoever saw it first.
    ...(more.dueAt === undefined && { dueAt: more.now, dueShard: dueShard(observation.bookUuid) }),
  };

  for (let race = 0; race < RACES; race += 1) {
    const continued = await table.update(key, {
      set,
      setOnce: { ...setOnce, generation: 1, ...(isVerified && { verifiedAt: observation.observedAt }) },
      condition: sameGeneration(observation),
    });
    if (continued.written) {
      return { outcome: changed(continued.before, set), generation: generationOf(continued.before) };
    }
    const { existing } = continued;
    if (isStale(existing, observation)) {
      // The very same observation, which serves several events, is written already.
      const isWritten = existing?.observedAt === observation.observedAt && isSeenLike(existing, observation);
      return { outcome: isWritten ? 'unchanged' : 'stale', generation: generationOf(existing) };
    }
    // Read anew: somebody else may have seen it reopened in between, and begun the generation.
    if (!isReopened(existing, observation)) continue;
    const generation = generationOf(existing) + 1;
    const reopened = await table.update(key, {
      set: {
        ...set,
        ...NOTHING_AVAILABLE,
        expected: expectedAgain(existing),
        ...(isVerified && { verifiedAt: observation.observedAt }),
        generation,
        reopenedAt: observation.observedAt,
      },
      setOnce,
      condition: asLastSeen(existing),
    });
    if (reopened.written) return { outcome: 'applied', generation };
  }
  throw new Error('book is written by too many at once');
}

/**
 * A new generation has none of these yet; results of the old one are kept. The poller forgets that it had seen
 * the book complete: a book may look just the same after it was reopened.
 */
const NOTHING_AVAILABLE = {
  capture: undefined,
  analytics: undefined,
  detect: undefined,
  income: undefined,
  completed: undefined,
  settledAt: undefined,
  poll: undefined,
} satisfies Update['set'];

/**
 * What the book has had it shall have again: the news of the new generation may have come before anybody saw the book
 * reopened, and been taken for news of the old one.
 */
function expectedAgain(existing: Item | undefined): string[] | undefined {
  const before = Array.isArray(existing?.expected) ? existing.expected : [];
  const had = EXPECTABLE.filter((strand) => existing?.[strand] !== undefined || before.includes(strand));
  return had.length > 0 ? had : undefined;
}

function observedAttributes(observation: BookObservation) {
  const documents: Record<string, number> = {};
  for (const { status } of observation.documents) documents[status] = (documents[status] ?? 0) + 1;
  return {
    bookUuid: observation.bookUuid,
    status: observation.status,
    observedAt: observation.observedAt,
    documents,
    documentSet: documentSet(observation),
    ...(observation.bookPk !== undefined && { bookPk: observation.bookPk }),
    ...(observation.name !== undefined && { name: observation.name }),
    ...(observation.bookClass !== undefined && { bookClass: observation.bookClass }),
  };
}

function moreAttributes(bookId: string, more: Parameters<typeof writeBook>[2]) {
  return {
    source: more.source,
    updatedAt: more.now,
    ...(more.dueAt !== undefined && { dueAt: more.dueAt, dueShard: dueShard(bookId) }),
  };
}

/** Which documents the book has, whatever their statuses. */
export function documentSet(observation: Pick<BookObservation, 'documents'>): string {
  const uuids = observation.documents.map(({ docUuid }) => docUuid).sort();
  return createHash('sha256').update(uuids.join('\n')).digest('hex').slice(0, 16);
}

/** Holds when the observation is newer and goes on with the generation that is stored. */
function sameGeneration(observation: BookObservation): Condition {
  const newer = '(attribute_not_exists(observedAt) OR observedAt < :observed)';
  const names = { '#status': 'status' };
  const values = { ':observed': observation.observedAt, ':deleted': DELETED };
  if (observation.status === DELETED)
    return { expression: newer, values: { ':observed': observation.observedAt } };
  const alive = '(attribute_not_exists(#status) OR #status <> :deleted)';
  const notReopened = '(attribute_not_exists(#status) OR #status <> :verified';
  const sameDocuments = observation.status === BOOK_VERIFIED ? ' OR documentSet = :documents)' : ')';
  return {
    expression: `${newer} AND ${alive} AND ${notReopened}${sameDocuments}`,
    names,
    values: {
      ...values,
      ':verified': BOOK_VERIFIED,
      ...(observation.status === BOOK_VERIFIED && { ':documents': documentSet(observation) }),
    },
  };
}

/** Holds as long as nobody has seen the book since, nor said anything of a strand that there was nothing of. */
function asLastSeen(existing: Item | undefined): Condition {
  const silent = EXPECTABLE.filter((strand) => existing?.[strand] === undefined);
  return {
    expression: [
      'observedAt = :seen AND generation = :generation',
      ...silent.map((strand) => `attribute_not_exists(${strand})`),
    ].join(' AND '),
    values: { ':seen': existing?.observedAt, ':generation': generationOf(existing) },
  };
}

function isStale(existing: Item | undefined, observation: BookObservation): boolean {
  if (existing === undefined) return false;
  if (existing.status === DELETED && observation.status !== DELETED) return true;
  return typeof existing.observedAt === 'string' && existing.observedAt >= observation.observedAt;
}

/** What is stored of the book, or known of it, is just what an observation shows. */
export function isSeenLike(
  stored: { readonly status?: unknown; readonly documentSet?: unknown } | undefined,
  observation: BookObservation,
): boolean {
  return stored?.status === observation.status && stored.documentSet === documentSet(observation);
}

/** The opposite of what `sameGeneration` asks for, apart from the time. */
function isReopened(existing: Item | undefined, observation: BookObservation): boolean {
  if (existing?.status !== BOOK_VERIFIED || observation.status === DELETED) return false;
  return !isSeenLike(existing, observation);
}

function changed(before: Item | undefined, set: Item): WriteOutcome {
  const same = before?.status === set.status && before?.documentSet === set.documentSet;
  const sameCounts = JSON.stringify(sorted(before?.documents)) === JSON.stringify(sorted(set.documents));
  return same && sameCounts ? 'unchanged' : 'applied';
}

function sorted(counts: unknown): [string, unknown][] {
  return Object.entries(counts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function generationOf(book: Item | undefined): number {
  return typeof book?.generation === 'number' ? book.generation : 1;
}
