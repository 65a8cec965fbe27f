import { catalogEntry, findEventName, type ResultKind } from '../../../shared/events/catalog.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Change } from '../kernel/table/memory-table-core.ts';
import type { Attempt } from '../system/courier.ts';

/** An accepted delivery that names results. */
export interface Trigger {
  readonly at: number;
  readonly eventName: string;
  readonly kinds: readonly ResultKind[];
  readonly reopens: boolean;
  /** The document, business or request that it is about; else the book. */
  readonly subject: string | undefined;
}

/** Why the system must know about a change: accepted events, and what it has written itself. */
export class Triggers {
  readonly #byBook = new Map<string, Trigger[]>();
  /** When a book's generation, or a document's version, has last counted up. */
  readonly #renewedAt = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  accept({ delivery }: Attempt, envelope: Envelope): void {
    const { bookUuid } = delivery;
    const name = findEventName(envelope.eventName);
    if (bookUuid === undefined || name === undefined) return;
    const { results, reopens, subject } = catalogEntry(name);
    if (results.length === 0) return;
    const triggers = this.#byBook.get(bookUuid) ?? [];
    this.#byBook.set(bookUuid, triggers);
    triggers.push({
      at: this.#now(),
      eventName: name,
      kinds: results,
      reopens: reopens !== false,
      subject: subject === 'book' ? subjectOf(envelope) : delivery.subject,
    });
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    const attribute = item === 'BOOK' ? 'generation' : item.startsWith('DOC#') ? 'version' : undefined;
    if (attribute === undefined || before === undefined || after === undefined) return;
    const [old, next] = [before[attribute], after[attribute]];
    if (typeof old === 'number' && typeof next === 'number' && next > old) {
      this.#renewedAt.set(item === 'BOOK' ? bookId : item.slice('DOC#'.length), this.#now());
    }
  }

  of(bookUuid: string): readonly Trigger[] {
    return this.#byBook.get(bookUuid) ?? [];
  }

  /** When a result was named last by an event that asks for it again; 0 for never. */
  namedAt(bookUuid: string, kind: ResultKind, subject: string): number {
    let latest = 0;
    for (const { at, kinds, reopens, subject: named } of this.of(bookUuid)) {
      if (reopens && at > latest && kinds.includes(kind) && (named ?? bookUuid) === subject) latest = at;
    }
    return latest;
  }

  renewedAt(uuid: string): number {
    return this.#renewedAt.get(uuid) ?? 0;
  }
}

function subjectOf({ ids }: Envelope): string | undefined {
  return ids.analyticsRequestId ?? ids.businessUuid;
}
