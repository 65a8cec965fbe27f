import type { ResultTruth } from '../../ocrolus/truth/truth-types.ts';

/** Ocrolus answers it, if asked for as it must be: some of it by a job only. */
export function isAvailable(result: ResultTruth | undefined): boolean {
  return result?.state === 'available' || result?.state === 'asynchronous';
}
