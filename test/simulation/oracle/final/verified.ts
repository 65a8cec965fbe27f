import type { Change } from '../../kernel/table/memory-table-core.ts';
import { MINUTE } from '../../ocrolus/random.ts';

/** An event about a verified book within so long after its capture has ended is a repetition (docs/design.md#who-marks). */
const REPETITION_MS = 15 * MINUTE;
/** Between the acceptance of an event and its processing, in either direction. */
const MARGIN_MS = 15 * MINUTE;

/** Since when books are stored as verified, and when an event said so last. */
export class VerifiedBooks {
  readonly #since = new Map<string, number>();
  readonly #announcedAt = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    if (item !== 'BOOK') return;
    if (after?.status !== 'VERIFIED') this.#since.delete(bookId);
    else if (before?.status !== 'VERIFIED' || before.generation !== after.generation)
      this.#since.set(bookId, this.#now());
  }

  /**
   * An event says that a book is verified.
   *
   * @returns `first`: it is about the end of capture. `repetition`: of another event. `correction`: something in the book
   * was corrected, since nothing else can be the reason of the event.
   */
  announce(bookUuid: string): 'first' | 'repetition' | 'correction' {
    const now = this.#now();
    const since = this.#since.get(bookUuid);
    const announcedAt = this.#announcedAt.get(bookUuid);
    this.#announcedAt.set(bookUuid, now);
    if (since === undefined || now - since < REPETITION_MS + MARGIN_MS) return 'first';
    const isRepetition = announcedAt !== undefined && now - announcedAt < REPETITION_MS + MARGIN_MS;
    return isRepetition ? 'repetition' : 'correction';
  }
}
