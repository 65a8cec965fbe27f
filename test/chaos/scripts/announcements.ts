import type { Delivery } from '../../../infra/local/ocrolus/index.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';

/** A result that Ocrolus announced. */
interface Announcement {
  readonly kind: ResultKind;
  readonly subject: string;
  /** How often the book's documents had changed by then: a later change may give the result another body. */
  readonly change: number;
  /** Unix milliseconds: when the result changed. */
  readonly at: number;
  readonly deliveries: readonly Delivery[];
}

/** How it stands with the latest announcement of a result. */
export interface Announced extends Announcement {
  /** A delivery of it was answered with 200. */
  readonly isAccepted: boolean;
  /** This one, or an earlier one. */
  readonly wasAccepted: boolean;
}

/** The events that announce a kind of result. */
const EVENTS: Partial<Record<ResultKind, RegExp>> = {
  classification: /classif/,
  income: /income/,
  'suspicious-activity': /^SUSPICIOUS/,
  business: /^MIDDESK/,
  analytics: /^(ANALYTICS_COMPLETED|book\.analytics_completed)$/,
  signals: /^document\.detect/,
};
const SIGNALS_OF_BOOK = /^book\.detect/;

/** What was announced, and whether the announcement reached the webhook. */
export class Announcements {
  readonly #announcements = new Map<string, Promise<Announcement>[]>();
  readonly #changes = new Map<string, number>();

  /** Counts a change of the book's documents. */
  countChange(bookUuid: string): void {
    this.#changes.set(bookUuid, this.changesOf(bookUuid) + 1);
  }

  changesOf(bookUuid: string): number {
    return this.#changes.get(bookUuid) ?? 0;
  }

  add(bookUuid: string, kind: ResultKind, subject: string, deliveries: Promise<readonly Delivery[]>): void {
    const [change, at] = [this.changesOf(bookUuid), Date.now()];
    const events = kind === 'signals' && subject === bookUuid ? SIGNALS_OF_BOOK : EVENTS[kind];
    const announcement = deliveries.then((all) => ({
      kind,
      subject,
      change,
      at,
      deliveries: all.filter(({ eventName }) => events?.test(eventName)),
    }));
    this.#announcements.set(bookUuid, [...(this.#announcements.get(bookUuid) ?? []), announcement]);
  }

  /** The latest of each kind and subject. */
  async of(bookUuid: string): Promise<Announced[]> {
    const latest = new Map<string, Announced>();
    for (const announcement of await Promise.all(this.#announcements.get(bookUuid) ?? [])) {
      const key = `${announcement.kind} ${announcement.subject}`;
      const isAccepted = announcement.deliveries.some(({ outcome }) => outcome === 'delivered');
      const wasAccepted = isAccepted || latest.get(key)?.wasAccepted === true;
      latest.set(key, { ...announcement, isAccepted, wasAccepted });
    }
    return [...latest.values()];
  }
}
