import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DocumentKind } from '../../infra/local/ocrolus/model/book.ts';
import { fork, seeded } from '../../infra/local/ocrolus/random.ts';
import type { Simulator } from '../../infra/local/ocrolus/simulator.ts';
import type { Delivery } from '../../infra/local/ocrolus/webhooks/delivery.ts';
import { Slots } from '../../shared/slots.ts';
import { deliver, unknownPaths } from '../infra/local/ocrolus/testing/client.ts';
import type { System } from '../integration/testing/system.ts';
import { API_EPISODES, API_FAULTS, Chance, type Fault, OUTAGES } from './faults.ts';
import { LONGEST_POLL_SECONDS, startFaultySystem } from './faulty-system.ts';
import { type Announced, bookDifferences, ledgerDifferences } from './judge.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly books: number;
  /** Most documents of a book. */
  readonly largest: number;
  readonly faults: ReadonlySet<Fault>;
  /** Folder of the synthesized app. */
  readonly assembly: string;
  /** How long the system may take to settle once all faults have ended. */
  readonly patienceSeconds: number;
  readonly say?: (text: string) => void;
  /** Receives the log lines of the functions. */
  readonly log?: (source: string, line: string) => void;
}

const BOOKS_AT_ONCE = 32;
const TICK_MS = 200;
const LONGEST_OUTAGE_MS = 1500;
/** Some faults meet only what the last steps of the books leave to do. */
const LONGEST_STRIKE_MS = 60_000;
const KINDS: readonly DocumentKind[] = ['bank-statement', 'bank-statement', 'form', 'pay-stub'];
/** Rows of a statement that is too large for a DynamoDB item. */
const MANY_TRANSACTIONS = 4000;
/** Rows of one page of enriched transactions that is too large for the table. */
const ENOUGH_FOR_THE_BUCKET = 400;

/**
 * Takes books through their lives while faults are injected, and compares the table with Ocrolus afterwards. The seed
 * fixes the books and the chances; how they interleave is up to the machine.
 */
export async function runChaos(options: ChaosOptions) {
  const { seed, books, patienceSeconds, say = () => {}, log = () => {} } = options;
  const random = seeded(seed);
  const chance = new Chance(options.faults, fork(random));
  const system = await startFaultySystem({ ...options, chance, log });
  const { simulator } = system;
  try {
    say('the stack is ready');
    const faults = injectFaults(system, chance);
    const slots = new Slots(BOOKS_AT_ONCE);
    const announced = await Promise.all(
      Array.from({ length: books }, (_, n) => {
        const ofBook = fork(random);
        return slots.run(() => live(simulator, ofBook, { largest: options.largest, isWide: n === 0 }));
      }),
    );
    await simulator.deliveries.idle();
    await faults.end(LONGEST_STRIKE_MS);
    say(
      `the faults have ended after ${simulator.deliveries.all.length} deliveries and ${simulator.calls.length} calls`,
    );

    const differences = await settle(system, announced.flat(), patienceSeconds, say);
    return {
      seed,
      books: simulator.books.length,
      deliveries: simulator.deliveries.all.length,
      accepted: simulator.deliveries.all.filter(({ outcome }) => outcome === 'delivered').length,
      calls: simulator.calls.length,
      faults: { ...chance.counts, ...countBy(simulator.calls.flatMap(({ fault }) => fault ?? [])) },
      neverStruck: chance.neverStruck(),
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

/** The life of a book from the upload to its end; some are reopened. @returns what was announced under an id of its own. */
async function live(
  simulator: Simulator,
  random: () => number,
  { largest, isWide }: { readonly largest: number; readonly isWide: boolean },
): Promise<Announced[]> {
  const announce = { vocabulary: random() < 0.3 ? 'legacy' : 'organization' } as const;
  const document = () => ({
    kind: KINDS[Math.floor(random() * KINDS.length)] ?? 'form',
    ...(random() < 0.08 && { rejection: 'DOCUMENT IS UNREADABLE' }),
    ...(random() < 0.1 && { mixed: 'everything.pdf' }),
  });
  // Mostly one to five documents, with a heavy tail, as borrowers have.
  const count = Math.min(largest, Math.ceil(random() ** -1.1));
  const { uuid, pk } = simulator.addBook(
    {
      documents: [
        { kind: 'bank-statement', transactions: isWide ? MANY_TRANSACTIONS : ENOUGH_FOR_THE_BUCKET },
        ...Array.from({ length: count - 1 }, document),
      ],
    },
    announce,
  );
  const finish = async () => {
    for (
      let step = simulator.step(uuid, announce);
      step !== undefined;
      step = simulator.step(uuid, announce)
    ) {
      // Often the next step happens while the last one is still being announced.
      if (random() < 0.6) await step.announced;
    }
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
  const business = randomUUID();
  simulator.change({ do: 'start-business', book: uuid, id: business });
  const deliveries = await simulator.change({ do: 'verify-business', book: uuid, id: business }, announce);
  if (random() < 0.05) simulator.change({ do: 'delete-book', book: uuid });
  return [{ kind: 'business', subject: business, isAccepted: deliveries.some(isAccepted) }];
}

function isAccepted({ outcome }: Delivery): boolean {
  return outcome === 'delivered';
}

/** Injects faults and runs the poller all the while, until it is ended. */
function injectFaults({ simulator, stack }: System, chance: Chance) {
  if (chance.faults.has('ocrolus')) for (const rule of API_FAULTS) simulator.faults.add(rule);
  const whatMayHappen = [
    ...OUTAGES.map((service) => () => chance.beginOutage(service, chance.random() * LONGEST_OUTAGE_MS)),
    ...API_EPISODES.map(({ lastsMs, ...rule }) => () => {
      if (chance.faults.has('ocrolus')) setTimeout(simulator.faults.add(rule), lastsMs).unref();
    }),
    () => {
      if (chance.faults.has('ocrolus')) simulator.tokens.revokeAll();
    },
    ...stack.functionNames.map((name) => async () => {
      if (chance.strikes('kills', 1)) await stack.killEnvironment(name);
    }),
  ] as const;
  let isOver = false;
  const happen = async () => {
    for (let tick = 0; !isOver; tick += 1) {
      await delay(TICK_MS);
      // Each of them once in its turn, because chance alone leaves something out of a short run.
      const drawn = Math.floor(chance.random() * 16 * whatMayHappen.length);
      await whatMayHappen[tick < whatMayHappen.length ? tick : drawn]?.();
    }
  };
  const poll = async () => {
    for (; !isOver; await delay(2 * TICK_MS)) await stack.invokePoller();
  };
  const running = Promise.all([happen(), poll()]);
  return {
    /** Waits until every fault has struck, so many milliseconds at most. */
    async end(patienceMs: number) {
      const until = Date.now() + patienceMs;
      while (chance.neverStruck().length > 0 && Date.now() < until) await delay(TICK_MS);
      isOver = true;
      await running;
      chance.isOver = true;
      simulator.faults.clear();
    },
  };
}

/** Runs the poller until every book is right and stays so for longer than its longest wait. @returns what is not. */
async function settle(
  system: System,
  announced: readonly Announced[],
  patienceSeconds: number,
  say: (text: string) => void,
): Promise<string[]> {
  const deadline = Date.now() + patienceSeconds * 1000;
  let rightSince: number | undefined;
  for (;;) {
    await system.stack.invokePoller();
    const left = await system.messages('url');
    const differences = await bookDifferences(system, announced);
    const now = Date.now();
    rightSince = differences.length === 0 ? (rightSince ?? now) : undefined;
    // Regular looks go on, so there is a message now and then.
    const isSettled = left === 0 && now - (rightSince ?? now) > 2000 * LONGEST_POLL_SECONDS;
    if (isSettled || now > deadline) return differences;
    say(`${differences.length} differences, ${left} messages: ${differences.slice(0, 2).join('; ')}`);
    await delay(TICK_MS);
  }
}

function countBy(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}
