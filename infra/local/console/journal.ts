import { entryOf } from '../../ops/logs/function-logs.ts';
import type { StackObserver } from '../log.ts';

interface Invocations {
  readonly done: number;
  readonly failed: number;
}

/** Counts what the stack has done since it started, for the live flow of the console. */
export class Journal implements StackObserver {
  readonly counts = { accepted: 0, refused: 0, processed: 0, retries: 0, calls: 0, published: 0 };
  readonly #invocations = new Map<string, Invocations>();

  invocations(functionName: string): Invocations {
    return this.#invocations.get(functionName) ?? { done: 0, failed: 0 };
  }

  requestAnswered(status: number): void {
    this.counts[status === 200 ? 'accepted' : 'refused'] += 1;
  }

  ocrolusCalled(): void {
    this.counts.calls += 1;
  }

  invocationEnded(functionName: string, isOk: boolean): void {
    const { done, failed } = this.invocations(functionName);
    this.#invocations.set(functionName, { done: done + Number(isOk), failed: failed + Number(!isOk) });
  }

  /** Handles a line of a function's log. */
  logged(text: string): void {
    const message = entryOf({ text })?.message;
    if (message === 'delivery processed') this.counts.processed += 1;
    else if (message === 'retry scheduled') this.counts.retries += 1;
    else if (message === 'event published') this.counts.published += 1;
  }
}
