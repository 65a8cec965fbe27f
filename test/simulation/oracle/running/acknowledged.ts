import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import type { Kind } from '../../ocrolus/profile.ts';
import { HOUR, MINUTE } from '../../ocrolus/random.ts';
import { entriesOf, entryOf, isReadable, suppressedSince } from '../entries.ts';
import { isFresh } from '../final/stored.ts';
import { hasResults, isAvailable, wantedOf } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';
import { isStillWanted, type Naming } from './named.ts';

/** A copy of a message that died may have left a mark that nothing looks after for so long (docs/decisions/0028). */
const COPY_DIED_MS = 15 * MINUTE;
/** A kind that is refused to every book of an account for a day is not served to it. */
const NOT_SERVED_MS = 24 * HOUR - MINUTE;
/** From a death to when the message is received again, and a look. */
const MARGIN_MS = 15 * MINUTE;

/**
 * `complete` is never true while something is open that an event has announced and whose message is finished, which its
 * final entry in the ledger says.
 */
export class Acknowledged {
  readonly #watch: Watch;
  /** By the key in the ledger: what an accepted delivery has named. */
  readonly #accepted = new Map<string, readonly Naming[]>();
  /** By book: what finished deliveries have named and is not stored yet. */
  readonly #open = new Map<string, Naming[]>();
  /** By the key in the ledger: when an environment died that was processing the message. */
  readonly #diedAt = new Map<string, number>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  accept(ledgerKey: string, names: readonly Naming[]): void {
    if (names.length > 0) this.#accepted.set(ledgerKey, names);
  }

  /** An environment has died that was processing a message. */
  died(ledgerKey: string): void {
    this.#diedAt.set(ledgerKey, this.#watch.now());
  }

  /** A delivery has its final entry in the ledger. */
  finish(ledgerKey: string): void {
    const names = this.#accepted.get(ledgerKey);
    if (names === undefined) return;
    this.#accepted.delete(ledgerKey);
    const diedAt = this.#diedAt.get(ledgerKey);
    this.#diedAt.delete(ledgerKey);
    const open = names.filter((naming) => this.#isOpen(naming));
    if (open.length === 0) return;
    // What a dead copy has left is found by `again`, or the next look.
    if (diedAt !== undefined && this.#watch.now() - diedAt < COPY_DIED_MS + MARGIN_MS) {
      const at = diedAt + COPY_DIED_MS + MARGIN_MS;
      this.#watch.excused.add('copy-died');
      this.#watch.deadlines.add(at, () => this.#keep(open.filter((naming) => this.#isOpen(naming))));
      return;
    }
    this.#keep(open);
  }

  /** @returns nothing: for a deadline. */
  #keep(open: readonly Naming[]): undefined {
    for (const naming of open) {
      const { bookUuid } = naming;
      const ofBook = this.#open.get(bookUuid) ?? [];
      this.#open.set(bookUuid, ofBook);
      ofBook.push(naming);
    }
    const [first] = open;
    if (first !== undefined) this.#check(first.bookUuid, 'a message is finished');
    return undefined;
  }

  /** A write of a book. */
  change({ key: { bookId, item }, after }: Change): void {
    if (item === 'BOOK' && after?.complete === true && this.#open.has(bookId))
      this.#check(bookId, 'it is written');
  }

  #check(bookUuid: string, when: string): void {
    const { core, violations } = this.#watch;
    const open = this.#open.get(bookUuid)?.filter((naming) => this.#isOpen(naming)) ?? [];
    if (open.length === 0) this.#open.delete(bookUuid);
    else this.#open.set(bookUuid, open);
    if (core.table.peek({ bookId: bookUuid, item: 'BOOK' })?.complete !== true) return;
    for (const { kind, subject, revision, by } of open) {
      const announced = `${by} has announced ${kind} ${subject}, revision ${revision}`;
      violations.add('complete-while-open', bookUuid, `complete when ${when}, although ${announced}`);
    }
    this.#open.delete(bookUuid);
  }

  /** Ocrolus has it, the stage wants it, and neither it nor a permanent answer about it is stored. */
  #isOpen(naming: Naming): boolean {
    const { bookUuid, kind, subject, at } = naming;
    const { core, now, exemptions, excused } = this.#watch;
    if (exemptions.of(bookUuid, at, now()) !== undefined || isFresh(core, naming)) return false;
    if (!isStillWanted(this.#watch, naming)) return false;
    if (!isAvailable(core.ocrolus.result(bookUuid, kind, subject))) return false;
    const account = core.ocrolus.accountOf(bookUuid);
    const suppressed = this.#watch.written.suppressedSince(account, kind);
    if (suppressed !== undefined && now() - suppressed > NOT_SERVED_MS) {
      excused.add('not-served');
      return false;
    }
    const owner = core.ocrolus.document(subject) === undefined ? 'BOOK' : `DOC#${subject}`;
    const item = core.table.peek({ bookId: bookUuid, item: owner });
    if (item === undefined || !isReadable(item)) return false;
    return entryOf(item, kind, subject.split('@')[0] ?? subject)?.state !== 'unavailable';
  }
}

/** A message that has marked something looks after it for so long, even if it is received again after a death. */
const MESSAGE_MS = 30 * MINUTE;

const CLOSED = new Set(['DELETED', 'FORGOTTEN']);
const GONE = new Set(['DELETED', 'UNLISTED']);

/** A book with something open has a time at which it is looked at next, unless a message is at work (docs/decisions/0028). */
export class DueCheck {
  readonly #watch: Watch;
  readonly #checked = new Set<string>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  change({ key: { bookId, item }, after }: Change): void {
    if (after === undefined || (item !== 'BOOK' && !item.startsWith('DOC#'))) return;
    const { table } = this.#watch.core;
    const book = item === 'BOOK' ? after : table.peek({ bookId, item: 'BOOK' });
    if (book === undefined || book.dueAt !== undefined || this.#checked.has(bookId)) return;
    if (this.#open(bookId).length === 0) return;
    this.#checked.add(bookId);
    this.#watch.deadlines.add(this.#watch.now() + MESSAGE_MS, () => this.#check(bookId));
  }

  #check(bookId: string): undefined {
    this.#checked.delete(bookId);
    const { core, violations, exemptions, now } = this.#watch;
    const book = core.table.peek({ bookId, item: 'BOOK' });
    if (book === undefined || book.dueAt !== undefined || exemptions.of(bookId, now()) !== undefined)
      return undefined;
    const open = this.#open(bookId);
    if (open.length > 0)
      violations.add('open-without-due', bookId, `${open.join(', ')} open, and there is no dueAt`);
    return undefined;
  }

  /** What is open of a book and its documents. */
  #open(bookId: string): string[] {
    const { table } = this.#watch.core;
    const book = table.peek({ bookId, item: 'BOOK' });
    if (book === undefined || CLOSED.has(String(book.status))) return [];
    const items = [book, ...table.peekPartition(bookId, 'DOC#')];
    return items.flatMap((item) => this.#openOf(item, book));
  }

  #openOf(item: Attributes, { account, bookClass }: Attributes): string[] {
    // Nothing is asked about a document that is not part of its book.
    if (!isReadable(item) || GONE.has(String(item.status))) return [];
    const { core, deployments } = this.#watch;
    const isCaptured = item.item === 'BOOK' || (hasResults(item.status) && item.mixed !== true);
    return entriesOf(item)
      .filter(({ kind, state }) => {
        if (state !== 'open' || (!isCaptured && kind !== 'signals')) return false;
        const policy = wantedOf(kind as Kind, String(bookClass ?? ''), deployments.current.stage);
        return policy !== 'never' && suppressedSince(core.table, String(account), kind) === undefined;
      })
      .map(({ kind, subject }) => `${kind} ${subject}`);
  }
}
