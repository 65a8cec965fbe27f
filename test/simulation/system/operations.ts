import type { SQSClient } from '@aws-sdk/client-sqs';
import { backfill } from '../../../functions/poller/backfill.ts';
import { readAccount } from '../../../infra/ops/commands/act/backfill.ts';
import type { BookToForget } from '../../../infra/ops/forget/find-book.ts';
import { forgetBook } from '../../../infra/ops/forget/forget-book.ts';
import { rebuildEnvelope } from '../../../infra/ops/ledger/rebuild.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { messageGroupId, serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { Random } from '../kernel/random.ts';
import { DAY, HOUR, MINUTE } from '../ocrolus/random.ts';
import type { Switch } from '../world/switches.ts';
import type { Core, FaultPhase } from './core.ts';
import { Environment } from './environment.ts';
import { openPollerFunction } from './functions.ts';
import { queueUrl } from './settings.ts';

/** A command of the operator that lasts longer hangs. */
const TIMEOUT_MS = 15 * MINUTE;

/** Schedules what an operator does on some days: replays, backfills and pauses. */
export function scheduleOperations(core: Core, phase: FaultPhase): void {
  const { switches, startAt, quietAt, random } = phase;
  const { scheduler } = core.simulation;
  const times = (name: Switch) =>
    switches.has(name)
      ? Array.from({ length: random.int(1, 4) }, () => random.int(startAt + DAY / 4, quietAt))
      : [];
  for (const at of times('replay')) scheduler.at(at, () => void replay(core, random.int(HOUR, 3 * DAY)));
  for (const at of times('backfill')) scheduler.at(at, () => void fill(core, random));
  for (const at of times('pause')) pause(core, random, at);
}

/** `ops pause`, and some hours later `ops resume`. */
function pause({ simulation, pauses, disturbances }: Core, random: Random, at: number): void {
  const channel = random.pick(CHANNELS);
  const until = at + random.int(HOUR / 2, 2 * DAY);
  simulation.scheduler.at(at, () => pauses.pause(channel, until));
  disturbances.add({ name: `pause of ${channel}`, from: at, until: until + HOUR });
}

type Entry = Parameters<typeof rebuildEnvelope>[0];

/** `ops replay --from`: deliveries that were received within the last so many milliseconds are sent again. */
async function replay(core: Core, windowMs: number): Promise<void> {
  const { scheduler } = core.simulation;
  const from = `EVENT#${new Date(scheduler.now() - windowMs).toISOString()}`;
  const keys = [...core.table.bookIds()].flatMap((bookId) =>
    [...core.table.peekPartition(bookId, 'EVENT#')]
      .filter(({ item, source }) => String(item) >= from && source === 'webhook')
      .map(({ item }) => ({ bookId, item: String(item) })),
  );
  const environment = new Environment(core, 'operator');
  const { table, bodies, queue } = environment.ports;
  await environment.invoke(TIMEOUT_MS, 0, async () => {
    for (const key of keys) {
      // Unlike the command, it goes on where one fails.
      await attempt(async () => {
        const item = await table.get(key);
        const envelope = item && (await rebuildEnvelope(item as unknown as Entry, bodies));
        if (envelope === undefined) return;
        const message = { body: serialiseEnvelope(envelope), group: messageGroupId(envelope) };
        await queue.send(queueUrl(envelope.channel), message);
      });
    }
  });
}

/** `ops backfill` of an account, from the beginning, until it succeeds once. */
async function fill(core: Core, random: Random): Promise<void> {
  const { scheduler } = core.simulation;
  const account = random.pick(core.deployments.current.stage.accounts);
  for (let tries = 0; tries < 100; tries += 1) {
    const startedAt = scheduler.now();
    const { environment, dependencies } = openPollerFunction(core);
    const invoke = (_name: string, event: object) =>
      backfill(dependencies, event as Parameters<typeof backfill>[1], TIMEOUT_MS);
    const range = { fromTime: new Date(0).toISOString() };
    const dueFrom = new Date(startedAt).toISOString();
    const signal = new AbortController().signal;
    const done = await environment.invoke(TIMEOUT_MS, 0, () =>
      attempt(() =>
        readAccount({ invoke }, { account, range, dueFrom, write: true, signal, onSeen: () => {} }),
      ),
    );
    if (done === true) {
      core.listeners.backfilled?.(account, startedAt);
      return;
    }
    await scheduler.sleep(10 * MINUTE);
  }
}

/** @returns whether it succeeded. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

/** How many of the books a borrower asks to have removed. */
const FORGOTTEN = 0.02;
/** Of the runs of `ops forget`, how many are interrupted and run again. */
const INTERRUPTED = 0.3;
/** Of the books, how many are forgotten by their pk. */
const BY_PK = 0.3;

/** Lets an operator forget books with `ops forget`, in the middle of their lives (docs/decisions/0019). */
export function scheduleForgetting(core: Core, books: number, phase: FaultPhase): void {
  const { startAt, quietAt, random } = phase;
  for (let n = Math.floor(books * FORGOTTEN + random.float()); n > 0; n -= 1) {
    core.simulation.scheduler.at(random.int(startAt, quietAt), () => {
      const present = core.ocrolus
        .books()
        .filter(({ uuid }) => !core.forgotten.has(uuid) && !core.damaged.has(uuid));
      if (present.length > 0) void forget(core, random.pick(present), random.chance(BY_PK));
    });
  }
}

type Ids = ReturnType<Core['ocrolus']['books']>[number];

/** Runs the command until it succeeds once. */
async function forget(core: Core, ids: Ids, isByPk: boolean): Promise<void> {
  const { scheduler } = core.simulation;
  // By whatever id: from now on, nothing is expected of it, and what is left in the end is a violation.
  core.forgotten.set(ids.uuid, { since: Number.POSITIVE_INFINITY });
  for (;;) {
    const environment = new Environment(core, 'operator');
    const { table, bodies, now } = environment.ports;
    const run = async () => {
      const book = await findBook(table, ids, isByPk);
      const options = { isPreview: false, signal: new AbortController().signal, now };
      return forgetBook({ table, bodies, queues: {}, sqs: NOT_USED }, book, options);
    };
    const report = await environment.invoke(TIMEOUT_MS, INTERRUPTED, () => run().catch(() => undefined));
    if (report !== undefined) {
      // By the pk alone, the poller has to learn the uuid first.
      if (report.bookUuid !== null) core.forgotten.set(ids.uuid, { since: scheduler.now() });
      return;
    }
    await scheduler.sleep(MINUTE);
  }
}

/** Without queues: a dead letter is a violation of its own. */
const NOT_USED = new Proxy({} as SQSClient, {
  get: () => {
    throw new Error('there are no dead-letter queues');
  },
});

/** As `ops forget <uuid>`, or `ops forget pk-<number>`, finds the book (infra/ops/forget/find-book.ts). */
async function findBook(table: Table, { uuid, pk }: Ids, isByPk: boolean): Promise<BookToForget> {
  const ofPk = isByPk ? await readIds(table, `pk-${pk}`) : undefined;
  const ofUuid = await readIds(table, uuid);
  const isKnown = !isByPk || ofUuid?.bookPk === pk;
  const bookUuid = ofPk?.bookUuid ?? (isKnown ? uuid : undefined);
  const bookPk = isByPk ? pk : ofUuid?.bookPk;
  const ofBook = bookUuid === undefined ? [] : [bookUuid];
  const partitions = bookPk === undefined ? ofBook : [...ofBook, `pk-${bookPk}`];
  return { bookUuid, bookPk, partitions, account: ofPk?.account ?? ofUuid?.account ?? 'unknown' };
}

/** The ids of a book that is stored (docs/data-model.md). */
async function readIds(table: Table, bookId: string) {
  const item = await table.get({ bookId, item: 'BOOK' });
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return (
    item && {
      bookUuid: text(item.bookUuid),
      bookPk: text(item.bookPk),
      account: text(item.account),
    }
  );
}

/** An operator who was alarmed needs so long after an outage. */
const REDRIVEN_AFTER: readonly [number, number] = [HOUR, 12 * HOUR];

/**
 * Lets an operator send the dead letters of an outage back to their queues (`ops redrive --all`), some hours after its end.
 *
 * @returns when that is.
 */
export function redriveAfter({ simulation, queues }: Core, endsAt: number, random: Random): number {
  const at = endsAt + random.within(REDRIVEN_AFTER);
  simulation.scheduler.at(at, () => {
    for (const queue of queues.all()) {
      if (!queue.url.endsWith('-dlq')) continue;
      queue.moveAllTo(queues.of(queue.url.replace(/-dlq$/, '')));
    }
  });
  return at;
}
