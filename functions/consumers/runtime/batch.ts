import type { Envelope } from '../../../shared/events/envelope.ts';
import type { LargeBody } from '../../../shared/store/bodies/large-body.ts';

/** A record of a batch that could be read. */
export interface BatchRecord {
  readonly envelope: Envelope;
  /** How often SQS has delivered it, from 1. */
  readonly attempts: number;
}

/**
 * Shared work of the records of one batch: a request or write with the same key is done once, so that ten events about one
 * book cost one Book status call (docs/design.md#reconcile). A batch is received as a whole before anything is asked, so a
 * shared answer is never older than the event of a record.
 */
export class Batch {
  /** The latest `receivedAt` of all records: every request of this batch is made after that event was received. */
  readonly covers: string;
  /** As `covers`; `undefined` when some record was received before. */
  readonly newestFirstTry: string | undefined;
  /** Bodies that were received as streams. Those that are not stored when the batch ends are discarded. */
  readonly largeBodies: LargeBody[] = [];
  readonly #done = new Map<string, Promise<unknown>>();
  readonly #underWay = new Map<string, { readonly done: Promise<unknown>; next?: Promise<unknown> }>();

  constructor(records: readonly BatchRecord[]) {
    this.covers = records.map(({ envelope }) => envelope.receivedAt).reduce((a, b) => (a > b ? a : b), '');
    this.newestFirstTry = records.every(({ attempts }) => attempts === 1) ? this.covers : undefined;
  }

  once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#done.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const started = work();
    this.#done.set(key, started);
    return started;
  }

  /**
   * Does work that takes into account everything done before it starts. Calls during a run share the next run: ten records
   * of one book settle it twice at most.
   *
   * @param work `isFirst`: nothing was done under this key before.
   */
  afterAll(key: string, work: (isFirst: boolean) => Promise<unknown>, isFirst = true): Promise<unknown> {
    const known = this.#underWay.get(key);
    if (known !== undefined) {
      known.next ??= known.done.then(
        () => this.afterAll(key, work, false),
        () => this.afterAll(key, work, false),
      );
      return known.next;
    }
    const done = work(isFirst).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, { done });
    return done;
  }
}
