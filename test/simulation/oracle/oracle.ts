import { isAboutAccount } from '../../../shared/events/catalog.ts';
import { isPkOnly } from '../../../shared/events/ids.ts';
import { FORGOTTEN } from '../../../shared/events/statuses.ts';
import type { Change, MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../ocrolus/model.ts';
import type { Core } from '../system/core.ts';
import type { Attempt } from '../system/courier.ts';
import type { System } from '../system/start.ts';
import { checkBook } from './books.ts';
import { CallChecks, type RunTimes } from './calls/call-checks.ts';
import { checkComplete } from './complete.ts';
import { checkForgotten, checkForgottenCall } from './forgotten.ts';
import { LedgerCheck } from './ledger.ts';
import { checkNeverOlder } from './never-older.ts';
import { checkOpen } from './open.ts';
import { checkPrivacy } from './privacy.ts';
import { checkResults } from './results.ts';
import { Triggers } from './triggers.ts';
import { Violations } from './violations.ts';

/** Watches a run, and compares its end with Ocrolus. */
export class Oracle {
  readonly violations: Violations;
  readonly triggers: Triggers;
  readonly counts = { compared: 0, unknowable: 0, lines: 0, calls: 0 };
  readonly calls: CallChecks;
  readonly #ledger: LedgerCheck;
  readonly #now: () => number;
  #core: Core | undefined;
  /** How often each kind is still missing in the end, because Ocrolus does not have it. */
  readonly missing: Record<string, number> = {};

  constructor(now: () => number, times: RunTimes) {
    this.#now = now;
    this.violations = new Violations(now);
    this.triggers = new Triggers(now);
    this.#ledger = new LedgerCheck(this.violations);
    this.calls = new CallChecks(this.violations, times);
  }

  readonly listeners = {
    line: (actor: string, text: string) => {
      this.counts.lines += 1;
      checkPrivacy(actor, text, this.violations);
    },
    call: (_path: string, _status: number) => {
      this.counts.calls += 1;
    },
    send: (path: string, ownTime: number) => this.calls.rate.send(path, this.#now(), ownTime),
    understood: (call: SimulatedCall) => {
      this.calls.understood(call, this.#now());
      if (this.#core !== undefined) checkForgottenCall(call, this.#core, this.#now(), this.violations);
    },
    attempt: (attempt: Attempt) => {
      const { status, posted, delivery } = attempt;
      if (status !== 200 || posted?.envelope === undefined) return;
      this.#ledger.accept(posted.envelope, delivery.bookUuid ?? '');
      this.triggers.accept(attempt, posted.envelope);
      if (delivery.bookUuid !== undefined) this.calls.cause(delivery.bookUuid, this.#now());
    },
  };

  watch({ core }: System): void {
    const { table } = core;
    this.#core = core;
    this.calls.watch(table);
    table.onChange((change) => {
      checkNeverOlder(change, this.violations);
      this.triggers.change(change);
      if (isRenewed(change)) this.calls.cause(change.key.bookId, this.#now());
      this.#ledger.change(change);
      checkComplete(change, table, this.#now(), this.violations);
    });
  }

  /** At the end, when everything must have settled. */
  async check({ core }: System): Promise<void> {
    const { violations, triggers, counts } = this;
    for (const { uuid } of core.ocrolus.books()) {
      const truth = core.ocrolus.truth(uuid);
      if (core.forgotten.has(uuid)) {
        checkForgotten(core, truth, violations);
        continue;
      }
      const book = checkBook(core, truth, violations);
      if (book === undefined) continue;
      checkResults({ core, triggers, violations, counts }, truth, book);
      for (const kind of await checkOpen(core, truth, book, violations)) {
        this.missing[kind] = (this.missing[kind] ?? 0) + 1;
      }
    }
    this.#ledger.check();
    for (const queue of core.queues.all()) {
      if (queue.url.endsWith('-dlq')) {
        for (const { group, body } of queue.messages())
          violations.add('dead-letter', group, body.slice(0, 400));
      } else if (queue.size > 0) violations.add('left-in-queue', '', `${queue.size} in ${queue.url}`);
    }
    for (const { bookId, item, entry } of core.table.peekPartition('account', 'OPEN#')) {
      const text = JSON.stringify(entry);
      // Refused for so long that it is no longer requested; the book's own signals are.
      if (!text.includes('"expired"')) violations.add('left-open', '', `${bookId} ${item} ${text}`);
    }
    const gone = new Set(
      core.ocrolus.books().flatMap(({ uuid, pk }) => (core.ocrolus.truth(uuid).found ? [] : [`pk-${pk}`])),
    );
    for (const bookId of core.table.bookIds()) {
      // Ocrolus has never shown a book that it no longer finds.
      if (isPkOnly(bookId) && !gone.has(bookId) && !isSettledPk(core.table, bookId))
        violations.add('left-open', '', `${bookId} has not been moved`);
    }
    this.calls.check(counts.compared);
  }
}

/** A book has changed, or a document goes through its work again: what belongs to it is asked for. */
function isRenewed({ key: { item }, before, after }: Change): boolean {
  if (after === undefined) return false;
  if (item === 'BOOK') return before?.digest !== after.digest;
  return item.startsWith('DOC#') && before?.version !== after.version;
}

/** Nothing is asked about it: it is forgotten, or only events about books of other organizations have named the pk. */
function isSettledPk(table: MemoryTableCore, bookId: string): boolean {
  const items = [...table.peekPartition(bookId)];
  return (
    items.some(({ status }) => status === FORGOTTEN) ||
    items.every(({ eventName }) => isAboutAccount(String(eventName)))
  );
}
