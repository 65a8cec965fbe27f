import { seeded } from '../../infra/local/ocrolus/index.ts';
import { fork } from '../../infra/local/ocrolus/random.ts';
import { type FaultProfile, Tally } from './faults.ts';
import { type Harness, startHarness } from './harness.ts';
import { type FaultContext, Outages } from './inject/context.ts';
import { deliveryFaults } from './inject/delivery-faults.ts';
import { FaultRun } from './inject/fault-run.ts';
import { countBy, judge } from './judge.ts';
import { paceFor } from './pace.ts';
import { BookScripts } from './scripts/book-scripts.ts';
import { planScript } from './scripts/script.ts';
import { settle } from './settle.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly books: number;
  /** Most documents of a book. */
  readonly largest: number;
  readonly profile: FaultProfile;
  /** Folder of the synthesized app. */
  readonly assembly: string;
  /** How long the system may settle once all faults have ended. */
  readonly patienceSeconds: number;
  readonly say?: (text: string) => void;
  /** Receives the log lines of the functions. */
  readonly log?: (source: string, line: string) => void;
}

export interface ChaosFigures extends Awaited<ReturnType<typeof judge>> {
  readonly seed: number;
  readonly profile: readonly string[];
  readonly polls: number;
  readonly overloads: number;
  /** Of Ocrolus's API. */
  readonly faults: Readonly<Record<string, number>>;
  readonly happened: Readonly<Record<string, number>>;
  readonly seconds: { readonly faultRun: number; readonly settling: number; readonly all: number };
}

/** Books whose scripts run at a time. */
const AT_ONCE = 32;

/**
 * Runs the scripts of books while faults are injected, and compares the table with Ocrolus afterwards. The seed fixes the
 * scripts and the chances; how they interleave is up to the machine.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const startedAt = Date.now();
  const { seed, assembly, profile, say = () => {}, log } = options;
  const random = seeded(seed);
  const tally = new Tally();
  const context: FaultContext = {
    profile,
    outages: new Outages(),
    random: fork(random),
    tally,
    isOver: false,
  };
  const pace = paceFor(options.books, options.largest);
  const harness = await startHarness({ seed, assembly, pace, context, log });
  try {
    const { simulator } = harness;
    say(`stack ready after ${seconds(startedAt)} s`);
    simulator.deliveryFaults = deliveryFaults(context);
    const faultRun = new FaultRun(harness, context, pace.tickMs);
    const scripts = new BookScripts(simulator, fork(random), tally, () => faultRun.isOverloaded);
    const progress = setInterval(() => say(progressOf(harness)), 10_000);
    progress.unref();
    const faultRunAt = Date.now();
    const planned = fork(random);
    const giant = Math.floor(options.books / 2);
    const plans = Array.from({ length: options.books }, (_, n) =>
      planScript(planned, options.largest, {
        isGiant: n === giant && options.largest > 100,
        isWide: n === 0,
      }),
    );
    await scripts.run(plans, AT_ONCE);
    await simulator.idle();
    await faultRun.end();
    const faultRunSeconds = seconds(faultRunAt);
    say(`the fault run is over after ${faultRunSeconds} s: ${progressOf(harness)}`);

    const settlingAt = Date.now();
    const settled = await settle(
      { harness, scripts, faultRun },
      { deadline: settlingAt + options.patienceSeconds * 1000, quietMs: 2000 * pace.maxSeconds },
      say,
    );
    clearInterval(progress);
    return {
      ...(await judge(harness, settled, faultRun)),
      seed,
      profile: [...profile],
      polls: faultRun.polls,
      overloads: faultRun.overloads.length,
      faults: countBy(simulator.calls.flatMap(({ fault }) => fault ?? [])),
      happened: tally.counts,
      seconds: { faultRun: faultRunSeconds, settling: seconds(settlingAt), all: seconds(startedAt) },
    };
  } finally {
    await harness.stop();
  }
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 100) / 10;
}

function progressOf({ simulator }: Harness): string {
  const done = simulator.deliveries.filter(({ outcome }) => outcome === 'delivered').length;
  return `${simulator.books.length} books, ${simulator.deliveries.length} deliveries, ${done} accepted, ${simulator.calls.length} calls`;
}
