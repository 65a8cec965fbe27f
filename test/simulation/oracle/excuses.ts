import type { Message } from '../kernel/queue/messages.ts';
import type { Core } from '../system/core.ts';

const DESIGN = (words: string) => ({ document: 'docs/design.md', words });
const ONE_RULE = (words: string) => ({ document: 'docs/decisions/0028-one-rule.md', words });
const README = (words: string) => ({ document: 'README.md', words });
const DATA_MODEL = (words: string) => ({ document: 'docs/data-model.md', words });
const OPERATIONS = (words: string) => ({ document: 'docs/operations.md', words });
const EVENTS = (words: string) => ({ document: 'docs/events.md', words });

/**
 * Why the table may differ from Ocrolus, or be late: each with the sentence that allows it. There are no others, and a run
 * counts how often it needs each.
 */
export const EXCUSES = {
  /** Ocrolus has replaced a result without an event that was accepted and without a change of status. */
  'recomputed-unannounced': README(
    "results that Ocrolus recomputes, and documents that a person corrects, without a change of the book's or a document's status",
  ),
  /** A book or document was at work again for less than the pause between two looks, and looks as before. */
  'back-between-looks': DATA_MODEL('"Found by the poller" means: when the poller next polls the book.'),
  /**
   * A result that is fetched when its webhook arrives came later than the last probe, or the job of each probe
   * failed, and its webhook was lost.
   */
  'after-the-last-probe': README('Ocrolus is asked 1, 3 and 10 days after the book was verified'),
  /** A complete book has changed, or a policy has, after the last look at it. */
  'old-book': README(
    'A complete book that has not changed for 30 days (`poll.horizonDays`) is no longer compared',
  ),
  /** No webhook about the book was accepted, and discovery is off or begins later. */
  'not-discovered': README('`ops backfill` also finds books older than `poll.discoverFrom`'),
  /** Detect has changed its mind about a document after all were there, and its webhook was lost. */
  'signals-fetched-once': EVENTS('is fetched again only when its event arrives'),
  /** The event named no book, and Ocrolus has not said for three days which one it is. */
  'event-without-book': DESIGN('then ever longer up to 8 hours, and it is refused after 3 days'),
  /** BOOK_VERIFIED came twice within a quarter of an hour: the second one counts as a repetition. */
  'verified-again-at-once': DESIGN(
    'more than 15 minutes after the end, or after a look has fetched what it is about',
  ),
  /** BOOK_VERIFIED came again, and Book status showed another reason for it, such as further documents. */
  'verified-for-another-change': DESIGN('if Book status shows nothing new'),
  /** Documents of a book with more than 50 were corrected in place, and only BOOK_VERIFIED said so. */
  'many-corrected-documents': DESIGN('up to 50; of more, only their own events tell'),
  /** The policy of the stage was `never` when Ocrolus replaced a result, or when it was to be probed. */
  'not-wanted-then': EVENTS('| `never` | not fetched | not fetched |'),
  /** Ocrolus has answered that there is nothing, and later there was, without an event or a change of status. */
  'permanent-answer': EVENTS('**found**: asked for until it is stored or Ocrolus gives a permanent answer.'),
  /** The item has expired since. */
  'removed-by-retention': OPERATIONS('`retention` limits that, in days'),
  /** Ocrolus has refused the kind to every book of the account for a day, and served it again after the last look. */
  'not-served': EVENTS('Ocrolus has refused the kind for 24 hours to every book of the account'),
  /** An item of the book was damaged: only this book may suffer, and only while it is damaged. */
  'item-unreadable': DESIGN('An item that this version cannot read costs only itself'),
  /** The account is not served at the end. */
  'account-removed': OPERATIONS('The Ocrolus API accounts served.'),
  /** A book is complete while one message that has marked a document of it is still at work. */
  'message-at-work': DESIGN(
    'It may be true for a moment while one message has marked a document and works on it.',
  ),
  /** A copy of a message has noted its failure after another one had found the book and finished the delivery. */
  'left-by-a-copy': DATA_MODEL('Such an entry of a `pk-…` may remain beside the final one of the book'),
  /** A message was received twice at the same time, and one of the two died within the last 15 minutes. */
  'copy-died': ONE_RULE('or for 15 minutes if SQS delivered that message twice and one copy died'),
};

export type ExcuseName = keyof typeof EXCUSES;

/** How often each excuse was needed. */
export class Excused {
  readonly counts: Partial<Record<ExcuseName, number>> = {};

  add(name: ExcuseName): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

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
