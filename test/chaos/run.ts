import { seeded } from '../simulator/index.ts';
import { fork } from '../simulator/state/random.ts';
import { checkBodies } from './bodies.ts';
import { fatesOf } from './fates.ts';
import { Tally, type Weather } from './faults.ts';
import { checkLedger } from './ledger.ts';
import { Lives } from './live.ts';
import { Outages, type Sky } from './mishaps.ts';
import { paceFor } from './pace.ts';
import { planLife } from './plan.ts';
import { countMessages } from './queued.ts';
import { settle } from './settle.ts';
import { isRefusedByOverload, RETRY_AFTER_SECONDS, Storm } from './storm.ts';
import { tellStory } from './story.ts';
import { startWorld, type World } from './world.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly books: number;
  /** Most documents of a book. */
  readonly largest: number;
  readonly weather: Weather;
  /** Folder of the synthesized app. */
  readonly assembly: string;
  /** How long the poller has once everything has happened. */
  readonly patienceSeconds: number;
  readonly say?: (text: string) => void;
}

export interface ChaosFigures {
  readonly seed: number;
  readonly weather: readonly string[];
  readonly books: number;
  readonly documents: number;
  readonly deliveries: number;
  readonly attempts: number;
  readonly accepted: number;
  readonly lost: number;
  readonly ledgerEntries: number;
  readonly acceptedWithoutAnswer: number;
  readonly results: number;
  readonly calls: number;
  readonly polls: number;
  readonly overloads: number;
  /** Calls during a `Retry-After`, and how many there might have been. */
  readonly tooEarly: number;
  readonly observationsChecked: number;
  /** Of the ledger. */
  readonly entriesChecked: number;
  /** Of Ocrolus's API. */
  readonly faults: Readonly<Record<string, number>>;
  readonly happened: Readonly<Record<string, number>>;
  readonly gaps: Readonly<Record<string, number>>;
  readonly queued: number;
  readonly dead: number;
  readonly differingBooks: number;
  readonly differences: readonly string[];
  readonly story: string | undefined;
  readonly seconds: { readonly storm: number; readonly settling: number; readonly all: number };
}

/**
 * Lets books live in a storm, and compares the table with the truth after it. The seed fixes the lives, the fates and
 * the chances; how they interleave is the machine's.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const startedAt = Date.now();
  const { seed, assembly, weather, say = () => {} } = options;
  const random = seeded(seed);
  const tally = new Tally();
  const sky: Sky = { weather, outages: new Outages(), random: fork(random), tally, calm: false };
  const pace = paceFor(options.books, options.largest);
  const world = await startWorld({ seed, assembly, pace, sky });
  try {
    say(`stack ready after ${seconds(startedAt)} s`);
    world.simulator.deliveryFaults = fatesOf(sky);
    const storm = new Storm(world, sky, pace.tickMs);
    const lives = new Lives(world.simulator, fork(random), tally, () => storm.isCrowded);
    const progress = setInterval(() => say(progressOf(world)), 10_000);
    progress.unref();
    const stormAt = Date.now();
    const planned = fork(random);
    const giant = Math.floor(options.books / 2);
    const plans = Array.from({ length: options.books }, (_, n) =>
      planLife(planned, options.largest, n === giant && options.largest > 100),
    );
    await lives.run(plans, AT_ONCE);
    await world.simulator.idle();
    await storm.end();
    const stormSeconds = seconds(stormAt);
    say(`the storm is over after ${stormSeconds} s: ${progressOf(world)}`);

    const settlingAt = Date.now();
    const settled = await settle(world, lives, storm, settlingAt + options.patienceSeconds * 1000, say);
    clearInterval(progress);
    return {
      ...(await judge(world, settled, storm)),
      seed,
      weather: [...weather],
      polls: storm.polls,
      overloads: storm.overloads.length,
      faults: countBy(world.simulator.calls.flatMap(({ fault }) => fault ?? [])),
      happened: tally.counts,
      seconds: { storm: stormSeconds, settling: seconds(settlingAt), all: seconds(startedAt) },
    };
  } finally {
    await world.stop();
  }
}

/** Books that live at a time. */
const AT_ONCE = 32;

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 100) / 10;
}

function progressOf({ simulator }: World): string {
  const done = simulator.deliveries.filter(({ outcome }) => outcome === 'delivered').length;
  return `${simulator.books.length} books, ${simulator.deliveries.length} deliveries, ${done} accepted, ${simulator.calls.length} calls`;
}

async function judge(world: World, settled: Awaited<ReturnType<typeof settle>>, storm: Storm) {
  const { simulator, neverOlder, ledgerLast, stack } = world;
  const { partitions, books, queued } = settled;
  const ledger = checkLedger(simulator.deliveries, partitions);
  const differing = [...books].filter(([, { differences }]) => differences.length > 0);
  const underPk = [...partitions.keys()].filter((bookId) => bookId.startsWith('pk-'));
  const dead = await countMessages(
    world,
    Object.values(stack.queues).map(({ dlqUrl }) => dlqUrl),
  );
  const tooEarly = callsTooEarly(world, storm);
  const differences = [
    ...differing.flatMap(([uuid, compared]) => compared.differences.map((text) => `${uuid}: ${text}`)),
    ...ledger.differences,
    ...ledgerLast.check(simulator, partitions.values()),
    ...(await checkBodies(world, partitions.values())),
    ...underPk.map((bookId) => `${bookId} is left under its pk`),
    ...neverOlder.lowered,
    ...(tooEarly > MOST_TOO_EARLY * Math.max(1, storm.overloads.length)
      ? [`${tooEarly} calls came before Retry-After was over`]
      : []),
    ...simulator.unknownPaths.map(({ path }) => `${path} was asked for, which there is not`),
  ];
  const story = await tellStory(
    world,
    partitions,
    new Map(differing.map(([uuid, compared]) => [uuid, compared.differences])),
  );
  const delivered = simulator.deliveries.filter(({ outcome }) => outcome === 'delivered').length;
  return {
    books: simulator.books.length,
    documents: simulator.books.reduce((sum, { documents }) => sum + documents.length, 0),
    deliveries: simulator.deliveries.length,
    attempts: simulator.deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0),
    accepted: delivered,
    lost: simulator.deliveries.length - delivered,
    ledgerEntries: ledger.entries,
    acceptedWithoutAnswer: ledger.unanswered,
    results: [...partitions.values()].reduce((sum, { results }) => sum + results.length, 0),
    calls: simulator.calls.length,
    tooEarly,
    observationsChecked: neverOlder.checked,
    entriesChecked: ledgerLast.checked,
    gaps: countBy([...books.values()].flatMap(({ gaps }) => gaps)),
    queued,
    dead,
    differingBooks: differing.length,
    differences,
    story,
  };
}

/** Of one overload: who has a turn already, and is held up by a cold start or by the machine, takes it late. */
const MOST_TOO_EARLY = 10;

/**
 * Calls near the end of a time for which Ocrolus had said `Retry-After` for the last time in an overload: by then who had
 * a turn already is through, and no clock is so wrong that it is over.
 */
function callsTooEarly({ simulator }: World, { overloads }: Storm): number {
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

function countBy(words: readonly string[]): Record<string, number> {
  const tally = new Tally();
  for (const word of words) tally.add(word);
  return tally.counts;
}
