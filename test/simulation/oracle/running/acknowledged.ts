import type { Change } from '../../kernel/table/memory-table-core.ts';
import { HOUR, MINUTE } from '../../ocrolus/random.ts';
import { entryOf, isReadable } from '../entries.ts';
import { isFresh } from '../final/stored.ts';
import { hasResults, isAvailable, isDocumentKind, wantedOf } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';
import type { Naming } from './named.ts';

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
      violations.add(
        'complete-while-open',
        bookUuid,
        `complete when ${when}, although ${by} has announced ${kind} ${subject}, revision ${revision}`,
      );
    }
    this.#open.delete(bookUuid);
  }

  /** Ocrolus has it, the stage wants it, and neither it nor a permanent answer about it is stored. */
  #isOpen(naming: Naming): boolean {
    const { bookUuid, kind, subject, at } = naming;
    const { core, now, deployments, exemptions, excused } = this.#watch;
    if (exemptions.of(bookUuid, at, now()) !== undefined || isFresh(core, naming)) return false;
    const { status, bookClass } = core.ocrolus.outline(bookUuid);
    const stages = [at, now()].map((time) => deployments.at(time).stage);
    if (status === 'DELETED' || stages.some((stage) => wantedOf(kind, bookClass, stage) === 'never'))
      return false;
    const document = core.ocrolus.document(subject);
    if (document !== undefined && !document.listed) return false;
    if (document !== undefined && isDocumentKind(kind) && !hasResults(document.status)) return false;
    if (!isAvailable(core.ocrolus.result(bookUuid, kind, subject))) return false;
    const account = core.ocrolus.accountOf(bookUuid);
    const suppressed = this.#watch.written.suppressedSince(account, kind);
    if (suppressed !== undefined && now() - suppressed > NOT_SERVED_MS) {
      excused.add('not-served');
      return false;
    }
    const owner = document === undefined ? 'BOOK' : `DOC#${subject}`;
    const item = core.table.peek({ bookId: bookUuid, item: owner });
    if (item === undefined || !isReadable(item)) return false;
    return entryOf(item, kind, subject.split('@')[0] ?? subject)?.state !== 'unavailable';
  }
}
