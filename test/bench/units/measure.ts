import { PlayedOcrolus } from '../../simulation/played/played-ocrolus.ts';
import { createPlayedSystem, type PlayedSystem } from '../../simulation/played/system.ts';
import { ACCOUNT, bookUuid, DAY, deliveriesOf, liveAtOnce, livePaced, MINUTE, SECOND } from './book-life.ts';
import { type ItemUsage, unitsOfBooks, watchUsage } from './usage-by-item.ts';

const START = Date.UTC(2026, 2, 2, 8);

export interface Measured {
  readonly books: number;
  readonly deliveries: number;
  /** Results that were stored, pages included. */
  readonly results: number;
  readonly calls: number;
  readonly writeUnits: number;
  /** The part for the items of books, without permits, circuits, and the poller's lease. */
  readonly writeUnitsOfBooks: number;
  readonly readUnits: number;
  readonly unitsPerDelivery: number;
  readonly refusedPerDelivery: number;
  readonly callsPerResult: number;
  /** Time from the first event until the last book was complete. */
  readonly minutes: number;
  readonly byItem: Readonly<Record<string, ItemUsage>>;
}

/** @throws Error when the books are not complete after a day. */
export async function measureBooks(
  pace: 'paced' | 'burst',
  books: number,
  documents: number,
): Promise<Measured> {
  const run = begin();
  const { ocrolus, system } = run;
  for (let n = 1; n <= books; n += 1) {
    const life = { ocrolus, system, n, documents };
    // Books of different lenders do not keep step.
    if (pace === 'paced') livePaced(life, START + n * MINUTE + ((n * 7919) % MINUTE));
    else liveAtOnce(life, START + MINUTE);
  }
  const { scheduler } = system.core.simulation;
  const isOver = () => Array.from({ length: books }, (_, n) => n + 1).every((n) => isComplete(system, n));
  while (!isOver()) {
    if (scheduler.now() > START + DAY) throw new Error('the books are not complete after a day');
    await scheduler.run(scheduler.now() + MINUTE);
  }
  return report(run, books, books * deliveriesOf(documents));
}

/**
 * A book of one document whose webhooks all come, in its first 30 days. The stage has no other book: what its poller does
 * anyway is in the permits and the lease.
 */
export async function measureSmallBook(): Promise<Measured> {
  const run = begin();
  livePaced({ ...run, n: 1, documents: 1 }, START + MINUTE);
  await run.system.core.simulation.scheduler.run(START + 30 * DAY);
  if (!isComplete(run.system, 1)) throw new Error('the book is not complete after 30 days');
  return report(run, 1, deliveriesOf(1));
}

interface Run {
  readonly ocrolus: PlayedOcrolus;
  readonly system: PlayedSystem;
  readonly usage: ReadonlyMap<string, ItemUsage>;
}

function begin(): Run {
  const ocrolus = new PlayedOcrolus();
  const system = createPlayedSystem({ ocrolus, accounts: [ACCOUNT], startAt: START });
  system.start();
  return { ocrolus, system, usage: watchUsage(system.core.table) };
}

function isComplete({ core }: PlayedSystem, n: number): boolean {
  return core.table.peek({ bookId: bookUuid(n), item: 'BOOK' })?.complete === true;
}

function report({ ocrolus, system, usage }: Run, books: number, deliveries: number): Measured {
  const { table, simulation } = system.core;
  const results = Array.from({ length: books }, (_, n) => [
    ...table.peekPartition(bookUuid(n + 1), 'RESULT#'),
  ]).flat().length;
  const { writeUnits, readUnits, refusedWrites } = table.usage;
  return {
    books,
    deliveries,
    results,
    calls: ocrolus.calls,
    writeUnits,
    writeUnitsOfBooks: unitsOfBooks(usage),
    readUnits: Math.round(readUnits),
    unitsPerDelivery: rounded(writeUnits / deliveries),
    refusedPerDelivery: rounded(refusedWrites / deliveries),
    callsPerResult: rounded(ocrolus.calls / results),
    minutes: rounded((simulation.scheduler.now() - START) / (60 * SECOND)),
    byItem: Object.fromEntries([...usage].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
