import type { Disturbances } from '../faults/disturbances.ts';
import type { Change } from '../kernel/table/memory-table-core.ts';
import { MINUTE } from '../ocrolus/random.ts';
import type { BookOutline } from '../ocrolus/truth.ts';
import type { Core } from '../system/core.ts';
import type { Deployments } from '../system/settings.ts';
import type { Deadlines } from './deadlines/deadlines.ts';
import { suppressedSince } from './entries.ts';
import type { Excused, Exemptions } from './excuses.ts';
import type { Violations } from './violations.ts';

/** What all parts of the oracle share while a run is watched. */
export interface Watch {
  readonly core: Core;
  /** Virtual Unix milliseconds. */
  readonly now: () => number;
  /** When things cease to go wrong; then single calls do not fail any more either. */
  readonly quietAt: number;
  readonly violations: Violations;
  readonly excused: Excused;
  readonly deadlines: Deadlines;
  readonly disturbances: Disturbances;
  readonly deployments: Deployments;
  readonly exemptions: Exemptions;
  readonly written: WriteTimes;
  readonly discovery: Discovery;
}

/** A process reads a circuit once a minute, and a call may take that long (docs/decisions/0028). */
const KNOWN_AFTER_MS = 2 * MINUTE;
/** By how much later than a change something must have been written, so that the write must have seen the change. */
const SURELY_AFTER_MS = 90_000;
/** An event about a verified book within so long after its capture has ended is a repetition (docs/design.md#who-marks). */
const REPETITION_MS = 15 * MINUTE;
/** Between the acceptance of an event and its processing, in either direction. */
const MARGIN_MS = 15 * MINUTE;

/** When the product has written what, as far as other checks need it. Times are Unix milliseconds. */
export class WriteTimes {
  readonly #core: Core;
  readonly #expired = new Map<string, number>();
  readonly #renewed = new Map<string, number>();
  /** Since when books are stored as verified, and when an event said so last. */
  readonly #verified = new Map<string, number>();
  readonly #announced = new Map<string, number>();
  /** Circuits that were closed, by account and kind. */
  readonly #closed = new Map<string, { readonly openedAt: number; readonly at: number }>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** @returns whether a book or document is stored with another generation or status: its results are asked for again. */
  change({ key: { bookId, item }, before, after, isExpiry }: Change): boolean {
    const now = this.#now();
    const isBook = item === 'BOOK';
    if (bookId === 'circuit' && before?.openedAt !== undefined && after?.openedAt === undefined)
      this.#closed.set(item, { openedAt: Date.parse(String(before.openedAt)), at: now });
    if (isExpiry === true) {
      this.#expired.set(`${bookId} ${item}`, now);
      return false;
    }
    if (after !== undefined && this.#expired.size > 0) this.#expired.delete(`${bookId} ${item}`);
    if (isBook && after?.status !== 'VERIFIED') this.#verified.delete(bookId);
    else if (isBook && (before?.status !== 'VERIFIED' || before.generation !== after?.generation))
      this.#verified.set(bookId, now);
    if (after === undefined || (!isBook && !item.startsWith('DOC#'))) return false;
    const attribute = isBook ? 'generation' : 'status';
    if (before?.[attribute] === after[attribute]) return false;
    this.#renewed.set(isBook ? bookId : item.slice('DOC#'.length), now);
    return true;
  }

  /** @returns when an item has expired; `undefined`: it has not, or was written again since. */
  expiredAt(bookId: string, item: string): number | undefined {
    return this.#expired.get(`${bookId} ${item}`);
  }

  /** @returns what has changed of a book or document until then was surely seen. */
  renewedAt(uuid: string): number {
    return (this.#renewed.get(uuid) ?? 0) - SURELY_AFTER_MS;
  }

  /**
   * An event says that a book is verified.
   *
   * @returns `first`: it is about the end of capture. `repetition`: of another event. `correction`: something in the book
   * was corrected, since nothing else can be the reason of the event.
   */
  announceVerified(bookUuid: string): 'first' | 'repetition' | 'correction' {
    const now = this.#now();
    const since = this.#verified.get(bookUuid);
    const announcedAt = this.#announced.get(bookUuid);
    this.#announced.set(bookUuid, now);
    if (since === undefined || now - since < REPETITION_MS + MARGIN_MS) return 'first';
    const isRepetition = announcedAt !== undefined && now - announcedAt < REPETITION_MS + MARGIN_MS;
    return isRepetition ? 'repetition' : 'correction';
  }

  /**
   * Since when a process may leave out the requests for a kind: it may take a circuit that was closed a moment ago for open.
   *
   * @returns `undefined`: the circuit is closed, and not since just now.
   */
  suppressedSince(account: string, kind: string): number | undefined {
    const since = suppressedSince(this.#core.table, account, kind);
    if (since !== undefined) return since;
    const closed = this.#closed.get(`${account}#${kind}`);
    return closed !== undefined && this.#now() - closed.at < KNOWN_AFTER_MS ? closed.openedAt : undefined;
  }

  #now(): number {
    return this.#core.simulation.scheduler.now();
  }
}

/** Which books the product must have found: those that an event named, and those that a list shows it. */
export class Discovery {
  readonly #core: Core;
  readonly #named = new Set<string>();
  readonly #backfills: { readonly account: string; readonly at: number }[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  /** A delivery about the book was accepted. */
  named(bookUuid: string): void {
    this.#named.add(bookUuid);
  }

  /** The books of an account that were listed by then are due. @param at Unix milliseconds. */
  backfilled(account: string, at: number): void {
    this.#backfills.push({ account, at });
  }

  /** @returns whether the book must be stored: by an event, by discovery or by a backfill. */
  isFound(bookUuid: string, { createdAt, listedFrom }: BookOutline): boolean {
    if (this.#named.has(bookUuid)) return true;
    const account = this.#core.ocrolus.accountOf(bookUuid);
    if (this.#backfills.some((one) => one.account === account && one.at > listedFrom)) return true;
    const { discover, discoverFrom = '' } = this.#core.deployments.current.stage.poll;
    return discover && new Date(createdAt).toISOString() >= discoverFrom;
  }
}
