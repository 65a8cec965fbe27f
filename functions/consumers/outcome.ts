import { asFailure, Failure } from '../../shared/failure.ts';
import type { WriteOutcome } from '../../shared/store/books.ts';

/** What looking at Ocrolus changed in the table. */
export interface Observed {
  readonly outcome: WriteOutcome;
  /** What Ocrolus refused of it, or says about it. */
  readonly reason?: string | undefined;
}

/** Several writes as one outcome: what changed anything counts most. */
export function combine(outcomes: readonly WriteOutcome[]): WriteOutcome {
  if (outcomes.includes('applied')) return 'applied';
  return outcomes.includes('stale') ? 'stale' : 'unchanged';
}

/**
 * Does several pieces of work that do not depend on each other, so that one which Ocrolus refuses or does not
 * have yet does not hold up the others.
 *
 * @throws Failure the first `retry`; else `later` with the jobs of all; else the first `refused` when every
 * piece was refused.
 */
export async function each(work: readonly (() => Promise<WriteOutcome>)[]): Promise<Observed> {
  const outcomes: WriteOutcome[] = [];
  const failures: Failure[] = [];
  for (const piece of work) {
    try {
      outcomes.push(await piece());
    } catch (error) {
      failures.push(asFailure(error));
    }
  }
  const urgent = failures.find((failure) => failure.class === 'retry' || failure.class === 'broken');
  if (urgent !== undefined) throw urgent;
  const later = failures.filter((failure) => failure.class === 'later');
  if (later[0] !== undefined) {
    const jobs = Object.assign({}, ...later.map((failure) => failure.jobs ?? {})) as Record<string, string>;
    throw new Failure('later', later[0].code, { jobs });
  }
  if (outcomes.length === 0 && failures[0] !== undefined) throw failures[0];
  const reason = failures.length > 0 ? failures.map(({ code }) => code).join(' ') : undefined;
  return { outcome: combine(outcomes), reason };
}
