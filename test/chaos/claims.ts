import type { ResultKind } from '../../shared/events/catalog.ts';
import type { Delivery } from '../simulator/index.ts';

/**
 * Results that only an event tells of: the poller cannot know that there are any (decisions 0005 and 0006). They
 * are promised when a delivery that announces them was accepted.
 */
export interface Claim {
  readonly kind: ResultKind;
  readonly subject: string;
  /** Of the book when it was announced: a later change may give the result another body. */
  readonly change: number;
  readonly deliveries: readonly Delivery[];
}

/** The events that tell of a kind of result. */
const TELLING: Partial<Record<ResultKind, RegExp>> = {
  classification: /classif/,
  income: /income/,
  'suspicious-activity': /^SUSPICIOUS/,
  business: /^MIDDESK/,
  analytics: /^(ANALYTICS_COMPLETED|book\.analytics_completed)$/,
  signals: /^document\.detect/,
};

export class Claims {
  readonly #claims = new Map<string, Promise<Claim>[]>();
  readonly #changes = new Map<string, number>();

  /** The book's documents changed. */
  change(bookUuid: string): void {
    this.#changes.set(bookUuid, this.changeOf(bookUuid) + 1);
  }

  changeOf(bookUuid: string): number {
    return this.#changes.get(bookUuid) ?? 0;
  }

  add(bookUuid: string, kind: ResultKind, subject: string, deliveries: Promise<readonly Delivery[]>): void {
    const change = this.changeOf(bookUuid);
    const claim = deliveries.then((all) => ({
      kind,
      subject,
      change,
      deliveries: all.filter(({ eventName }) => TELLING[kind]?.test(eventName)),
    }));
    this.#claims.set(bookUuid, [...(this.#claims.get(bookUuid) ?? []), claim]);
  }

  /** The last of each kind and subject. */
  async of(bookUuid: string): Promise<Standing[]> {
    const standings = new Map<string, Standing>();
    for (const claim of await Promise.all(this.#claims.get(bookUuid) ?? [])) {
      const key = `${claim.kind} ${claim.subject}`;
      const isAccepted = claim.deliveries.some(({ outcome }) => outcome === 'delivered');
      const wasAccepted = isAccepted || standings.get(key)?.wasAccepted === true;
      standings.set(key, { ...claim, isAccepted, wasAccepted });
    }
    return [...standings.values()];
  }
}

/** How it stands with the latest announcement of a result. */
export interface Standing extends Claim {
  readonly isAccepted: boolean;
  /** This announcement, or an earlier one. */
  readonly wasAccepted: boolean;
}
