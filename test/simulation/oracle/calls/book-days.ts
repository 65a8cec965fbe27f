import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY } from '../../ocrolus/random.ts';

/** The calls about one book, or a job or request that names no book, in one day of virtual time. */
export interface BookDay {
  /** Or the id of the job or request. */
  readonly bookUuid: string;
  /** Since the epoch. */
  readonly day: number;
  /** By operation and subject. */
  readonly calls: Map<string, { readonly call: SimulatedCall; count: number }>;
  /** What has given cause for calls, in this day and in the one before. */
  readonly causes: number;
}

interface Current {
  day: number;
  calls: BookDay['calls'];
  causes: number;
  causesBefore: number;
}

/** Counts calls and their causes by book and day. */
export class BookDays {
  readonly #current = new Map<string, Current>();
  readonly #onEnd: (bookDay: BookDay) => void;

  /** @param onEnd gets each day of a book with calls, once it is over. */
  constructor(onEnd: (bookDay: BookDay) => void) {
    this.#onEnd = onEnd;
  }

  call(call: SimulatedCall, now: number): void {
    const { calls } = this.#at(call.bookUuid === '' ? call.subject : call.bookUuid, now);
    const key = `${call.operation.name} ${call.subject}`;
    const known = calls.get(key);
    if (known === undefined) calls.set(key, { call, count: 1 });
    else known.count += 1;
  }

  /** Something has happened that calls about a book may follow. */
  cause(bookUuid: string, now: number): void {
    this.#at(bookUuid, now).causes += 1;
  }

  /** Ends all days. */
  end(): void {
    for (const [bookUuid, current] of this.#current) this.#endDay(bookUuid, current);
    this.#current.clear();
  }

  #at(bookUuid: string, now: number): Current {
    const day = Math.floor(now / DAY);
    const known = this.#current.get(bookUuid);
    if (known?.day === day) return known;
    if (known !== undefined) this.#endDay(bookUuid, known);
    const causesBefore = known?.day === day - 1 ? known.causes : 0;
    const next: Current = { day, calls: new Map(), causes: 0, causesBefore };
    this.#current.set(bookUuid, next);
    return next;
  }

  #endDay(bookUuid: string, { day, calls, causes, causesBefore }: Current): void {
    if (calls.size > 0) this.#onEnd({ bookUuid, day, calls, causes: causes + causesBefore });
  }
}
