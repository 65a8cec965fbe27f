import type { ResultKind } from '../events/catalog.ts';
import type { BookObservation } from '../events/envelope.ts';
import type { CircuitState } from './circuit-state.ts';
import type { Entries, Entry, Want } from './entry.ts';
import type { ResultsPolicy } from './kinds.ts';
import type { Times } from './times.ts';

/** What of a book decides what it should have. */
export interface PlannedBook {
  readonly bookId: string;
  readonly status?: string | undefined;
  readonly bookClass?: string | undefined;
  readonly generation: number;
  readonly endedAt?: string | undefined;
  readonly hasResults?: boolean | undefined;
  readonly round?: { readonly nextAt: string } | undefined;
  readonly entries: Entries;
}

/** What of a stored document decides what it should have. */
export interface PlannedDocument {
  readonly status: string;
  readonly rejectionReason?: string | undefined;
  readonly version: number;
  readonly entries: Entries;
}

export interface PlanInput {
  readonly book: PlannedBook;
  /** What Book status says, with the stored documents by uuid; absent where every document is known to be settled. */
  readonly documents?:
    | {
        readonly observation: BookObservation;
        readonly stored: ReadonlyMap<string, PlannedDocument>;
      }
    | undefined;
  readonly policy: ResultsPolicy;
  readonly circuit: (kind: ResultKind) => CircuitState;
  /** Unix milliseconds. */
  readonly now: number;
  readonly times: Times;
  /** An operator asks: whatever is open is asked for, whether due or not. */
  readonly isUrgent?: boolean;
}

/** What planning comes across. */
export class Collected {
  readonly asks: Want[] = [];
  readonly canaries: Want[] = [];
  readonly open = new Set<ResultKind>();
  nextAt: number | undefined;
  readonly #now: number;
  readonly #roundAt: number;
  readonly #isUrgent: boolean;

  constructor(now: number, roundAt: number, isUrgent: boolean) {
    this.#now = now;
    this.#roundAt = roundAt;
    this.#isUrgent = isUrgent;
  }

  /** Something to ask for at a time, or as soon as the last round has had its time. */
  ask(want: Want, at: number): void {
    const from = this.#isUrgent ? 0 : Math.max(at, this.#roundAt);
    if (from <= this.#now) this.asks.push(want);
    this.later(Math.max(at, this.#roundAt));
  }

  later(at: number): void {
    this.nextAt = Math.min(this.nextAt ?? at, at);
  }
}

/** The entry, unless it is of another generation or version. */
export function current(entry: Entry | undefined, version: number): Entry | undefined {
  return entry?.version === version ? entry : undefined;
}
