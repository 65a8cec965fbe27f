import type { Account, Book, Kind } from './book.ts';
import { available, type Reply, refusal } from './reply.ts';

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

export type Jobs = ReturnType<typeof createJobs>;

export function createJobs({ now, jobLife, resultsUrl }: JobsOptions) {
  const jobs = new Map<string, Job>();
  let started = 0;
  const find = (id: string) => {
    const job = jobs.get(id);
    return job === undefined || now() >= job.expiresAt ? undefined : job;
  };
  return {
    /** @returns the job's id. @param body what it answers in the end. */
    start(book: Book, kind: Kind, body: string): string {
      for (const [id, { expiresAt }] of jobs) if (now() >= expiresAt) jobs.delete(id);
      started += 1;
      const life = jobLife(book, kind, started);
      const fails = life.fails || book.volume === 'too-large';
      jobs.set(life.id, { ...life, fails, account: book.account, body });
      return life.id;
    },
    status(id: string, account: Account): Reply {
      const job = find(id);
      if (job === undefined || job.account !== account) {
        return refusal(404, { job_id: id, error: 'Job not found or has expired' });
      }
      if (now() < job.readyAt) return refusal(202, { job_id: id, status: 'PENDING' }, 'notYet');
      if (job.fails) {
        const error = 'Book transaction count exceeds the maximum supported by the async serving path';
        return refusal(422, { job_id: id, status: 'FAILED', error }, 'unavailable');
      }
      const result_url = `${resultsUrl()}${RESULTS_PATH}${id}?X-Amz-Signature=5f1e`;
      return available({ job_id: id, status: 'DONE', result_url });
    },
    /**
     * A pre-signed URL: without its signature, or with a token besides, there is no result.
     *
     * @returns `undefined` for a path that is none of a result.
     */
    result(path: string, isSigned: boolean, hasToken: boolean): Reply | undefined {
      if (!path.startsWith(RESULTS_PATH)) return undefined;
      if (hasToken) return refusal(400, '<Error><Code>InvalidArgument</Code></Error>');
      const job = find(path.slice(RESULTS_PATH.length));
      const isDone = job !== undefined && !job.fails && now() >= job.readyAt;
      if (!isDone || !isSigned) return refusal(403, '<Error><Code>AccessDenied</Code></Error>');
      return available(job.body);
    },
  };
}
