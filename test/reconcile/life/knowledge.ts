/** One invocation of a Lambda. */
export interface Run {
  /** It ended without a failure, and was not killed. */
  isDone: boolean;
}

/** One result at Ocrolus. Its body carries the version. */
export interface Fact {
  version: number;
  /** The version since the last change of status that the system must notice by itself. */
  base: number;
  /** The version of the last change that was announced. */
  edited: number;
  /** Versions that Ocrolus permanently refuses to give. */
  readonly permanent: Set<number>;
  /** Unix milliseconds. */
  readyAt: number;
  /** Computed by a job only, which takes so many milliseconds. */
  jobMs: number | undefined;
  /** Refused, or permanently so, since the book changed: a probe may have ended (docs: "with the third refusal"). */
  refusals: number;
}

interface Learned {
  readonly state: string;
  readonly run: Run;
  /** As of then. */
  readonly bases: ReadonlyMap<Fact, number>;
}

/**
 * What the system has learned about something, and so which changes it must notice. docs/data-model.md: "a result that Ocrolus
 * computes again [...] without a change of the book's status or documents" is not found: a status that is back before
 * Ocrolus is asked, or that only failed runs have learned, is no change for the system.
 */
export class Knowledge {
  #learned: Learned[] = [];

  learn(state: string, run: Run, facts: readonly Fact[]): void {
    const done = this.#learned.findLastIndex((one) => one.run.isDone);
    this.#learned = this.#learned.slice(Math.max(done, 0));
    this.#learned.push({ state, run, bases: new Map(facts.map((fact) => [fact, fact.base])) });
  }

  /** The last state that was knowledge, if to a run that came to its end. */
  get lastDone(): string | undefined {
    const last = this.#learned.at(-1);
    return last?.run.isDone === true ? last.state : undefined;
  }

  /** Whether a change to a state must be noticed; if not, the version that was there when it was learned is as good. */
  mustNotice(state: string): boolean {
    const done = this.#learned.findLastIndex((one) => one.run.isDone);
    // The last one that counts, and those that may come to count.
    const same = this.#learned.slice(Math.max(done, 0)).filter((one) => one.state === state);
    for (const { bases } of same) for (const [fact, base] of bases) fact.base = Math.min(fact.base, base);
    return same.length === 0;
  }
}
