import { asFailure } from '../../../shared/failure.ts';
import { type Strand, writeStrand } from '../../../shared/store/strands.ts';
import type { Observing } from '../observing.ts';
import type { Observed } from '../outcome.ts';
import { bookGeneration } from './generation.ts';

/**
 * Does the work of one strand of a book, and says on the book how it ended: `available`, or `refused` with
 * Ocrolus's code, so that the poller does not ask for it again.
 *
 * @throws what the work throws, and Failure `retry` when the book was reopened meanwhile.
 */
export async function withStrand(
  observing: Observing,
  bookUuid: string,
  strand: Strand,
  work: () => Promise<Observed>,
): Promise<Observed> {
  const at = observing.parts.now().toISOString();
  const generation = await bookGeneration(observing, bookUuid);
  const say = (state: string, reason?: string) =>
    writeStrand(
      observing.parts.table,
      bookUuid,
      strand,
      { state, at, ...(reason !== undefined && { reason }) },
      generation,
      observing.writer,
    );
  try {
    const observed = await work();
    await say('available', observed.reason);
    return observed;
  } catch (error) {
    const failure = asFailure(error);
    if (failure.class === 'refused') await say('refused', failure.code);
    throw failure;
  }
}
