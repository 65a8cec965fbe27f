import type { Message } from '../../kernel/queue/message.ts';
import type { Core } from '../../system/core.ts';
import type { ExcuseName } from './excuses.ts';

/** What was written, or accepted, so long before an item was damaged may not have been processed yet. */
const BEFORE_MS = 2 * 3_600_000;
/** An item that cannot be read moves its book by six hours. */
const AFTER_MS = 7 * 3_600_000;

/** Books of which nothing is expected for a while, or for good. */
export class Exemptions {
  readonly #core: Core;
  readonly #damaged = new Map<string, { readonly from: number; readonly until: number }[]>();

  readonly #bookOf = new Map<string, string>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** An item of a book is damaged. @param until Unix milliseconds; infinite for good. */
  damaged(bookUuid: string, from: number, until: number): void {
    const spans = this.#damaged.get(bookUuid) ?? [];
    this.#damaged.set(bookUuid, spans);
    spans.push({ from: from - BEFORE_MS, until: until + AFTER_MS });
  }

  /** A delivery that names no book is accepted. */
  accepted(deliveryId: string, bookUuid: string): void {
    this.#bookOf.set(deliveryId, bookUuid);
  }

  /** Whether a message may have ended as a dead letter: an item of its book could not be read. */
  mayBeDead({ group, body }: Pick<Message, 'group' | 'body'>, now: number): boolean {
    const { deliveryId } = JSON.parse(body);
    return this.wasDamaged(this.#bookOf.get(deliveryId) ?? group ?? '', 0, now);
  }

  /** Why nothing is expected of what has happened to a book from a time on, until another. */
  of(bookUuid: string, from: number, until = from): ExcuseName | 'forgotten' | undefined {
    if (this.#core.forgotten.has(bookUuid)) return 'forgotten';
    const { stage } = this.#core.deployments.current;
    if (!stage.accounts.includes(this.#core.ocrolus.accountOf(bookUuid))) return 'account-removed';
    return this.wasDamaged(bookUuid, from, until) ? 'item-unreadable' : undefined;
  }

  /** Whether an item of the book was damaged at some time between. */
  wasDamaged(bookUuid: string, from: number, until = from): boolean {
    return this.#damaged.get(bookUuid)?.some((one) => one.from <= until && from <= one.until) === true;
  }
}
