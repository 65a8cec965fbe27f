import type { Book } from './book.ts';
import type { Ids } from './ids.ts';

const DAY_MS = 86_400_000;

/** An asynchronous v2 analytics job (`async=true`). */
export interface Job {
  readonly id: string;
  readonly book: Book;
  readonly createdAt: number;
  /** Part of the pre-signed URL of the result. */
  readonly signature: string;
  /** Refused by Ocrolus: the book is too large even for a job. */
  readonly failed: boolean;
  /** The body of the result, made when it is asked for. */
  readonly result: () => string;
}

/** The jobs of the last 24 hours: older ones are forgotten with their results. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #ids: Ids;
  readonly #now: () => number;
  readonly #pendingMs: number;

  constructor(ids: Ids, now: () => number, pendingMs: number) {
    this.#ids = ids;
    this.#now = now;
    this.#pendingMs = pendingMs;
  }

  start(book: Book, failed: boolean, result: () => string): Job {
    const job = {
      id: this.#ids.uuid(),
      book,
      createdAt: this.#now(),
      signature: this.#ids.hex(64),
      failed,
      result,
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  find(id: string): Job | undefined {
    const job = this.#jobs.get(id);
    return job !== undefined && this.#now() - job.createdAt < DAY_MS ? job : undefined;
  }

  isPending(job: Job): boolean {
    return this.#now() - job.createdAt < this.#pendingMs;
  }
}
