import type { ResultKind } from '../events/catalog.ts';
import type { BookObservation, Want } from '../events/envelope.ts';
import type { CircuitState } from './circuit-state.ts';
import type { Entries, Entry } from './entry.ts';
import type { ResultsPolicy } from './kinds.ts';
import type { Times } from './times.ts';
import { isDueSoon } from './transitions.ts';

/** The attributes of a book that decide what it should have. */
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

/** The attributes of a stored document that decide what it should have. */
export interface PlannedDocument {
  readonly status: string;
  readonly rejectionReason?: string | undefined;
  readonly mixed?: boolean | undefined;
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
  /** An operator asks: every open entry is asked for, whether due or not. */
  readonly isUrgent?: boolean;
}

/** Collects what is to be asked for, and what is missing, while planning. */
export class Collected {
  readonly canaries: Want[] = [];
  readonly open = new Set<ResultKind>();
  nextAt: number | undefined;
  readonly #asks: Want[] = [];
  readonly #soon: Want[] = [];
  readonly #now: number;
  readonly #roundAt: number;
  readonly #isUrgent: boolean;
  readonly #times: Times;

  constructor({ book, now, times, isUrgent = false }: PlanInput) {
    this.#now = now;
    this.#roundAt = Date.parse(book.round?.nextAt ?? '') || 0;
    this.#isUrgent = isUrgent;
    this.#times = times;
  }

  /** Something to ask for when it is due, or as soon as the last round is over. */
  ask(want: Want, entry: Entry | undefined): void {
    const at = Date.parse(entry?.nextAt ?? '') || 0;
    const from = Math.max(at, this.#roundAt);
    if (this.#isUrgent || from <= this.#now) this.#asks.push(want);
    else if (this.#roundAt <= this.#now && isDueSoon(entry, { now: this.#now, times: this.#times }))
      this.#soon.push(want);
    this.later(from);
  }

  /** What to ask for now. When something is due, results that are due soon are included, so that one poll serves all. */
  get asks(): readonly Want[] {
    return this.#asks.length === 0 ? [] : [...this.#asks, ...this.#soon];
  }

  later(at: number): void {
    this.nextAt = Math.min(this.nextAt ?? at, at);
  }
}

/** The entry, unless it is of another generation or version. */
export function current(entry: Entry | undefined, version: number): Entry | undefined {
  return entry?.version === version ? entry : undefined;
}
