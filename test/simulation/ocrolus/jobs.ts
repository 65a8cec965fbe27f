import type { Book } from './book.ts';
import { DAY, HOUR, MINUTE, mix } from './random.ts';
import { available, type Reply, refusal } from './reply.ts';

interface Job {
  readonly id: string;
  readonly account: string;
  readonly createdAt: number;
  readonly readyAt: number;
  /** A day after its creation, or earlier when Ocrolus loses it. */
  readonly expiresAt: number;
  readonly fails: boolean;
  readonly body: string;
}

export const RESULTS_PATH = '/async_jobs/';

/** The asynchronous analytics jobs: each takes 1 minute to 20 hours, and one in 20 is lost on its way. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #now: () => number;
  #started = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns the job's id. It depends on the book and on how many jobs there were before. */
  start(book: Book, fails: boolean, body: string): string {
    this.#started += 1;
    const dice = mix(book.hash, this.#started);
    const duration = MINUTE * ((20 * HOUR) / MINUTE) ** (dice / 0x1_0000_0000);
    const isLost = mix(dice, 1) % 20 === 0;
    const createdAt = this.#now();
    const id = `${hex(dice)}-${hex(mix(dice, 2)).slice(4)}-4000-8000-${hex(this.#started).padStart(12, '0')}`;
    this.#jobs.set(id, {
      id,
      account: book.account.name,
      createdAt,
      readyAt: createdAt + Math.round(duration),
      expiresAt: createdAt + (isLost ? Math.round(duration / 2) : DAY),
      fails,
      body,
    });
    this.#forgetOld(createdAt);
    return id;
  }

  status(id: string, account: string): Reply {
    const job = this.#find(id);
    if (job === undefined || job.account !== account) {
      return refusal(404, `{"job_id":"${id}","error":"Job not found or has expired"}`);
    }
    if (this.#now() < job.readyAt) {
      return { status: 202, body: `{"job_id":"${id}","status":"PENDING"}`, state: 'notYet' };
    }
    if (job.fails) {
      const error = 'Book transaction count exceeds the maximum supported by the async serving path';
      return refusal(422, `{"job_id":"${id}","status":"FAILED","error":"${error}"}`, 'unavailable');
    }
    return available(
      `{"job_id":"${id}","status":"DONE","result_url":"https://results.example${RESULTS_PATH}${id}?X-Amz-Signature=5f1e"}`,
    );
  }

  /** A pre-signed URL: without it, or with a token besides, there is no result. */
  result(id: string, isSigned: boolean, hasToken: boolean): Reply {
    const job = this.#find(id);
    if (hasToken) return refusal(400, '<Error><Code>InvalidArgument</Code></Error>');
    const isDone = job !== undefined && !job.fails && this.#now() >= job.readyAt;
    if (!isDone || !isSigned) return refusal(403, '<Error><Code>AccessDenied</Code></Error>');
    return available(job.body);
  }

  #find(id: string): Job | undefined {
    const job = this.#jobs.get(id);
    return job === undefined || this.#now() >= job.expiresAt ? undefined : job;
  }

  /** They are kept in order of creation. */
  #forgetOld(now: number): void {
    for (const [id, job] of this.#jobs) {
      if (now - job.createdAt < DAY) return;
      this.#jobs.delete(id);
    }
  }
}

const hex = (value: number) => value.toString(16).padStart(8, '0');
