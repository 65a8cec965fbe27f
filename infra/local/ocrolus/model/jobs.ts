import type { Account, Book, Kind } from './book.ts';
import { available, type Reply, refusal } from './reply.ts';

/** The course of a job. */
export interface JobLife {
  readonly id: string;
  /** Unix milliseconds: PENDING until then. */
  readonly readyAt: number;
  /** Unix milliseconds: unknown from then on. */
  readonly expiresAt: number;
  readonly fails: boolean;
}

interface Job extends JobLife {
  readonly account: Account;
  readonly body: string;
}

export interface JobsOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** @param nth how many jobs there were, this one included. */
  readonly jobLife: (book: Book, kind: Kind, nth: number) => JobLife;
  /** The address of the host that has the results of jobs, without a slash at the end. */
  readonly resultsUrl: () => string;
}

const RESULTS_PATH = '/async_jobs/';

/** The asynchronous analytics jobs. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #options: JobsOptions;
  #started = 0;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** @returns the job's id. @param body what it answers in the end. */
  start(book: Book, kind: Kind, body: string): string {
    this.#forgetExpired();
    this.#started += 1;
    const life = this.#options.jobLife(book, kind, this.#started);
    const fails = life.fails || book.volume === 'too-large';
    this.#jobs.set(life.id, { ...life, fails, account: book.account, body });
    return life.id;
  }

  status(id: string, account: Account): Reply {
    const job = this.#find(id);
    if (job === undefined || job.account !== account) {
      return refusal(404, { job_id: id, error: 'Job not found or has expired' });
    }
    if (this.#options.now() < job.readyAt) {
      return refusal(202, { job_id: id, status: 'PENDING' }, 'notYet');
    }
    if (job.fails) {
      const error = 'Book transaction count exceeds the maximum supported by the async serving path';
      return refusal(422, { job_id: id, status: 'FAILED', error }, 'unavailable');
    }
    const result_url = `${this.#options.resultsUrl()}${RESULTS_PATH}${id}?X-Amz-Signature=5f1e`;
    return available({ job_id: id, status: 'DONE', result_url });
  }

  /**
   * A pre-signed URL: without its signature, or with a token besides, there is no result.
   *
   * @returns `undefined` for a path that is none of a result.
   */
  result(path: string, isSigned: boolean, hasToken: boolean): Reply | undefined {
    if (!path.startsWith(RESULTS_PATH)) return undefined;
    if (hasToken) return refusal(400, '<Error><Code>InvalidArgument</Code></Error>');
    const job = this.#find(path.slice(RESULTS_PATH.length));
    const isDone = job !== undefined && !job.fails && this.#options.now() >= job.readyAt;
    if (!isDone || !isSigned) return refusal(403, '<Error><Code>AccessDenied</Code></Error>');
    return available(job.body);
  }

  #find(id: string): Job | undefined {
    const job = this.#jobs.get(id);
    return job === undefined || this.#options.now() >= job.expiresAt ? undefined : job;
  }

  #forgetExpired(): void {
    for (const [id, { expiresAt }] of this.#jobs) if (this.#options.now() >= expiresAt) this.#jobs.delete(id);
  }
}
