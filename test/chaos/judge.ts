import { Tally } from './faults.ts';
import type { Harness } from './harness.ts';
import { type FaultRun, isRefusedByOverload, RETRY_AFTER_SECONDS } from './inject/fault-run.ts';
import { checkBodies } from './oracle/bodies.ts';
import { checkLedger } from './oracle/ledger.ts';
import type { Partition } from './oracle/partition.ts';
import { countMessages } from './oracle/queued.ts';
import { tellStory } from './oracle/story.ts';
import type { Settled } from './settle.ts';

/** Of one overload: a process that has its permit already, and is held up by a cold start, uses it late. */
const MOST_TOO_EARLY = 10;

/** Compares what a run left behind with Ocrolus, and counts what it did. */
export async function judge(harness: Harness, settled: Settled, faultRun: FaultRun) {
  const { simulator, neverOlder, ledgerLast, completeWatch, stack } = harness;
  const { partitions, books, queued } = settled;
  const ledger = checkLedger(simulator.deliveries, partitions);
  for (const [uuid, { expectation, differences }] of books) {
    const truth = simulator.truth(uuid);
    differences.push(...completeWatch.check(truth, expectation, partitions.get(uuid)?.book));
  }
  const differing = [...books].filter(([, { differences }]) => differences.length > 0);
  const dead = await countMessages(
    harness,
    Object.values(stack.queues).map(({ dlqUrl }) => dlqUrl),
  );
  const tooEarly = callsTooEarly(harness, faultRun);
  const isTooEarly = tooEarly > MOST_TOO_EARLY * Math.max(1, faultRun.overloads.length);
  // A delivery waits until its book is known, for three days: half a minute of a run. Then it is refused, and recorded there.
  const isRefused = ({ book, documents, results, events }: Partition) =>
    book === undefined &&
    documents.length + results.length === 0 &&
    events.every(({ outcome }) => outcome === 'refused');
  const underPk = [...partitions.values()].filter((one) => one.bookId.startsWith('pk-') && !isRefused(one));
  const differences = [
    ...differing.flatMap(([uuid, compared]) => compared.differences.map((text) => `${uuid}: ${text}`)),
    ...ledger.differences,
    ...ledgerLast.check(simulator, partitions.values()),
    ...(await checkBodies(harness, partitions.values())),
    ...underPk.map(({ bookId, events }) => {
      const outcomes = events.map(({ eventName, outcome, reason }) => `${eventName} ${outcome} ${reason}`);
      return `${bookId} is left under its pk: ${outcomes.join(', ')}`;
    }),
    ...neverOlder.lowered,
    ...completeWatch.wrong,
    ...(isTooEarly ? [`${tooEarly} calls came before Retry-After was over`] : []),
    ...simulator.unknownPaths.map(({ path }) => `${path} was asked for, which does not exist`),
  ];
  const story = await tellStory(
    harness,
    partitions,
    new Map(differing.map(([uuid, compared]) => [uuid, compared.differences])),
  );
  const delivered = simulator.deliveries.filter(({ outcome }) => outcome === 'delivered').length;
  const stored = [...partitions.values()];
  return {
    books: simulator.books.length,
    documents: simulator.books.reduce((sum, { documents }) => sum + documents.length, 0),
    deliveries: simulator.deliveries.length,
    attempts: simulator.deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0),
    accepted: delivered,
    lost: simulator.deliveries.length - delivered,
    ledgerEntries: ledger.entries,
    acceptedWithoutAnswer: ledger.unanswered,
    results: stored.reduce((sum, { results }) => sum + results.length, 0),
    resultsInS3: stored.flatMap(({ results }) => results).filter(({ s3 }) => s3 !== undefined).length,
    complete: stored.filter(({ book }) => book?.complete === true).length,
    completionsChecked: completeWatch.checked,
    calls: simulator.calls.length,
    tooEarly,
    observationsChecked: neverOlder.checked,
    entriesChecked: ledgerLast.checked,
    writes: harness.contention.writes,
    gaps: countBy([...books.values()].flatMap(({ gaps }) => gaps)),
    /** Kinds that Ocrolus does not have yet, by the number of books. */
    notYet: countBy([...books.values()].flatMap(({ expectation }) => [...expectation.notYet])),
    queued,
    dead,
    differingBooks: differing.length,
    differences,
    story,
  };
}

/**
 * Calls near the end of a time for which Ocrolus had said `Retry-After` for the last time in an overload: by then every
 * permit that was given before has been used, and no clock is so wrong that the pause is over.
 */
function callsTooEarly({ simulator }: Harness, { overloads }: FaultRun): number {
  return overloads.reduce((sum, from, n) => {
    const refused = simulator.calls.slice(from, overloads[n + 1]).findLast(isRefusedByOverload);
    if (refused === undefined) return sum;
    const since = (at: string) => (Date.parse(at) - Date.parse(refused.at)) / (RETRY_AFTER_SECONDS * 1000);
    const early = simulator.calls
      .slice(from)
      .filter(({ operation }) => operation !== 'grant-authentication-token')
      .filter(({ at }) => since(at) > 0.55 && since(at) < 0.9);
    return sum + early.length;
  }, 0);
}

export function countBy(words: readonly string[]): Record<string, number> {
  const tally = new Tally();
  for (const word of words) tally.add(word);
  return tally.counts;
}
