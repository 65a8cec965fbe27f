import type { Found } from '../../../functions/poller/missing.ts';
import { type PollerParts, type PollReport, poll } from '../../../functions/poller/poll.ts';
import { PollerSettings } from '../../../functions/poller/settings.ts';
import { type PollMode, visit } from '../../../functions/poller/visit.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { readSettings } from '../../../shared/settings.ts';
import { type DueBook, readDueBooks } from '../../../shared/store/due.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import type { Table } from '../../../shared/store/table.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from '../../consumers/testing/ocrolus.ts';
import { memoryBodies } from '../../store/testing/bodies.ts';
import { type Clock, createClock } from '../../store/testing/clock.ts';

/** A message that the poller sent, with the observation that it could carry. */
export type Sent = Found & { readonly bookId: string; readonly observation: BookObservation | undefined };

/** The poller with a real table, a scripted Ocrolus, a clock of its own, and a queue that takes notes. */
export interface PollerStage {
  readonly parts: PollerParts;
  readonly table: Table;
  readonly reader: Reader;
  readonly ocrolus: ScriptedOcrolus;
  readonly clock: Clock;
  readonly sent: Sent[];
  readonly counted: Map<string, number>;
  /** The last value of each metric that was measured. */
  readonly measured: Map<string, number>;
  /** The books that are due now. */
  due(): Promise<DueBook[]>;
  /** Visits the only book that is due. */
  visitDue(mode?: PollMode): Promise<number>;
  run(remainingMs?: number): Promise<PollReport>;
}

export function createPollerStage(
  table: Table,
  settings: Readonly<Record<string, string>> = {},
  more: Partial<PollerParts> = {},
): PollerStage {
  const clock = createClock();
  const ocrolus = scriptedOcrolus(clock);
  const sent: Sent[] = [];
  const counted = new Map<string, number>();
  const measured = new Map<string, number>();
  const parts: PollerParts = {
    settings: pollerSettings(settings),
    table,
    accounts: ocrolus.accounts,
    accountNames: ['default'],
    send: async (book, observation, found) => {
      sent.push(...found.map((one) => ({ ...one, bookId: book.bookId, observation })));
    },
    log: createLog({ write: () => {} }),
    metrics: {
      count: (name, _dimensions, value = 1) => counted.set(name, (counted.get(name) ?? 0) + value),
      record: (name, value) => measured.set(name, value),
    },
    now: clock.now,
    // In the middle of the jitter: none.
    random: () => 0.5,
    ...more,
  };
  const due = async () => {
    const books: DueBook[] = [];
    for await (const book of readDueBooks(table, clock.now().toISOString())) books.push(book);
    return books;
  };
  return {
    parts,
    table,
    reader: createReader(table, memoryBodies()),
    ocrolus,
    clock,
    sent,
    counted,
    measured,
    due,
    async visitDue(mode = 'due') {
      const [book, ...others] = await due();
      if (book === undefined || others.length > 0) throw new Error(`${others.length} others are due`);
      return visit(parts, ocrolus.client, book, Number.POSITIVE_INFINITY, mode);
    },
    run: (remainingMs = 300_000) => poll(parts, 'run', remainingMs),
  };
}

/** The defaults, without discovery. */
export function pollerSettings(settings: Readonly<Record<string, string>>): PollerSettings {
  const queues = CHANNELS.map((channel) => [channel, `https://queue.example/${channel}`]);
  return readSettings(PollerSettings, {
    STAGE: 'test',
    ACCOUNTS: '{"default":{"credentials":"arn"}}',
    TABLE_NAME: 'books',
    QUEUE_URLS: JSON.stringify(Object.fromEntries(queues)),
    POLL_DISCOVER: 'false',
    ...settings,
  });
}
