import { setTimeout as delay } from 'node:timers/promises';
import type { DocumentKind } from '../../infra/local/ocrolus/model/book.ts';
import { fork, seeded } from '../../infra/local/ocrolus/random.ts';
import type { Simulator } from '../../infra/local/ocrolus/simulator.ts';
import { deliver, unknownPaths } from '../infra/local/ocrolus/testing/client.ts';
import type { System } from '../integration/testing/system.ts';
import { API_FAULTS, Chance, OUTAGES } from './faults.ts';
import { LONGEST_POLL_SECONDS, startFaultySystem } from './faulty-system.ts';
import { bookDifferences, ledgerDifferences } from './judge.ts';

interface ChaosOptions {
  readonly seed: number;
  readonly books: number;
  /** Most documents of a book. */
  readonly largest: number;
  /** Folder of the synthesized app. */
  readonly assembly: string;
  /** How long the system may take to settle once all faults have ended. */
  readonly patienceSeconds: number;
}

const TICK_MS = 200;
const LONGEST_OUTAGE_MS = 1500;
/** Some faults meet only what the last steps of the books leave to do. */
const LONGEST_STRIKE_MS = 60_000;
const KINDS: readonly DocumentKind[] = ['bank-statement', 'bank-statement', 'form', 'pay-stub'];
/** Rows of a statement that is too large for an item, and of a page of enriched transactions that is. */
const [MANY_ROWS, ENOUGH_ROWS] = [4000, 400];

/**
 * Takes books through their lives while faults are injected, and compares the table with Ocrolus afterwards. The seed
 * fixes the books and the chances; how they interleave is up to the machine.
 */
export async function runChaos(options: ChaosOptions) {
  const { seed, books, largest, patienceSeconds } = options;
  const random = seeded(seed);
  const chance = new Chance(fork(random));
  const system = await startFaultySystem({ ...options, chance });
  const { simulator } = system;
  try {
    const endFaults = injectFaults(system, chance);
    const lives = Array.from({ length: books }, (_, n) =>
      live(simulator, fork(random), { largest, transactions: n === 0 ? MANY_ROWS : ENOUGH_ROWS }),
    );
    await Promise.all(lives);
    await simulator.deliveries.idle();
    await endFaults();
    const differences = await settle(system, patienceSeconds);
    return {
      seed,
      books: simulator.books.length,
      deliveries: simulator.deliveries.all.length,
      accepted: simulator.deliveries.all.filter(({ outcome }) => outcome === 'delivered').length,
      calls: simulator.calls.length,
      faults: { ...chance.counts, api: simulator.calls.filter(({ fault }) => fault !== undefined).length },
      neverStruck: chance.neverStruck,
      queued: await system.messages('url'),
      dead: await system.messages('dlqUrl'),
      differences: [
        ...differences,
        ...(await ledgerDifferences(system)),
        ...unknownPaths(simulator).map(({ path }) => `${path} was asked for, which does not exist`),
      ],
    };
  } finally {
    await system.stop();
  }
}

/** The life of a book from the upload to its end; some are reopened. */
async function live(
  simulator: Simulator,
  random: () => number,
  { largest, transactions }: { readonly largest: number; readonly transactions: number },
): Promise<void> {
  const announce = { vocabulary: random() < 0.3 ? 'legacy' : 'organization' } as const;
  const document = () => ({
    kind: KINDS[Math.floor(random() * KINDS.length)] ?? 'form',
    ...(random() < 0.08 && { rejection: 'DOCUMENT IS UNREADABLE' }),
    ...(random() < 0.1 && { mixed: 'everything.pdf' }),
  });
  // Mostly one to five documents, with a heavy tail, as borrowers have.
  const count = Math.min(largest, Math.ceil(random() ** -1.1));
  const others = Array.from({ length: count - 1 }, document);
  const documents = [{ kind: 'bank-statement', transactions } as const, ...others];
  const { uuid, pk } = simulator.addBook({ documents }, announce);
  const next = () => simulator.step(uuid, announce);
  const finish = async () => {
    // Often the next step happens while the last one is still being announced.
    for (let step = next(); step !== undefined; step = next()) if (random() < 0.6) await step.announced;
    await simulator.change({ do: 'calculate-income', book: uuid }, announce);
  };
  await finish();
  for (let left = Math.floor(random() ** 2 * 3); left > 0; left -= 1) {
    simulator.addDocument(uuid, document(), announce);
    await finish();
  }
  await simulator.change({ do: 'flag-suspicious-activity', book: uuid }, announce);
  await deliver(
    simulator,
    'BOOK_VERIFIED',
    `{"event":"BOOK_VERIFIED","status":"BOOK_COMPLETE","book_pk":${pk}}`,
  );
  if (random() < 0.05) simulator.change({ do: 'delete-book', book: uuid });
}

/** Injects faults and runs the poller all the while. @returns ends that, once every fault has struck. */
function injectFaults({ simulator, stack }: System, chance: Chance) {
  for (const rule of API_FAULTS) simulator.faults.add(rule);
  const soon = () => Date.now() + chance.random() * LONGEST_OUTAGE_MS;
  const whatMayHappen = [
    ...OUTAGES.map((service) => () => chance.outages.set(service, soon())),
    () => simulator.tokens.revokeAll(),
    ...stack.functionNames.map((name) => async () => {
      if (chance.strikes('kills', 1)) await stack.killEnvironment(name);
    }),
  ] as const;
  const happen = async () => {
    for (let tick = 0; !chance.isOver; tick += 1) {
      await delay(TICK_MS);
      // Each of them once in its turn, because chance alone leaves something out of a short run.
      const drawn = Math.floor(chance.random() * 16 * whatMayHappen.length);
      await whatMayHappen[tick < whatMayHappen.length ? tick : drawn]?.();
    }
  };
  const poll = async () => {
    for (; !chance.isOver; await delay(2 * TICK_MS)) await stack.invokePoller();
  };
  const running = Promise.all([happen(), poll()]);
  return async () => {
    const until = Date.now() + LONGEST_STRIKE_MS;
    while (chance.neverStruck.length > 0 && Date.now() < until) await delay(TICK_MS);
    chance.isOver = true;
    simulator.faults.clear();
    await running;
  };
}

/** Runs the poller until every book is right and stays so for longer than its longest wait. @returns what is not. */
async function settle(system: System, patienceSeconds: number): Promise<string[]> {
  const deadline = Date.now() + patienceSeconds * 1000;
  let rightSince: number | undefined;
  for (;;) {
    await system.stack.invokePoller();
    const left = await system.messages('url');
    const differences = await bookDifferences(system);
    const now = Date.now();
    rightSince = differences.length === 0 ? (rightSince ?? now) : undefined;
    // Regular looks go on, so there is a message now and then.
    const isSettled = left === 0 && now - (rightSince ?? now) > 2000 * LONGEST_POLL_SECONDS;
    if (isSettled || now > deadline) return differences;
    await delay(TICK_MS);
  }
}
