import * as z from 'zod';
import type { InvocationOutcome } from '../../lambda/protocol.ts';

/** One run of the poller. */
export interface PollerRun {
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly at: number;
  calls: number;
  /** Absent while it runs. */
  ms?: number;
  /** The error, if the function failed. */
  error?: string;
  /** `PollReport` (functions/poller/poll.ts). */
  report?: z.infer<typeof Report>;
}

const Report = z.object({ discovered: z.int(), polled: z.int(), isBehind: z.boolean() });

const MOST = 500;

/** The runs of the poller, newest first. */
export class PollerRuns {
  all: PollerRun[] = [];

  started(requestId: string, at: number): void {
    this.all.unshift({ requestId, at, calls: 0 });
    this.all.length = Math.min(this.all.length, MOST);
  }

  called(requestId: string): void {
    const run = this.#find(requestId);
    if (run !== undefined) run.calls += 1;
  }

  ended(requestId: string, outcome: InvocationOutcome, at: number): void {
    const run = this.#find(requestId);
    if (run === undefined) return;
    run.ms = at - run.at;
    if (!outcome.ok) {
      run.error = outcome.error.errorType;
      return;
    }
    const report = Report.safeParse(JSON.parse(outcome.payload)).data;
    if (report !== undefined) run.report = report;
  }

  #find(requestId: string): PollerRun | undefined {
    return this.all.find((run) => run.requestId === requestId);
  }
}
