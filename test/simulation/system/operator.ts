import type { SQSClient } from '@aws-sdk/client-sqs';
import type { BookToForget } from '../../../infra/ops/forget/find-book.ts';
import { forgetBook } from '../../../infra/ops/forget/forget-book.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { Random } from '../kernel/random.ts';
import { MINUTE } from '../ocrolus/random.ts';
import type { Core } from './core.ts';
import { Environment } from './environment.ts';

/** How many of the books a borrower asks to have removed. */
const FORGOTTEN = 0.02;
/** `ops forget` has no limit; a process that lasts longer is one that hangs. */
const TIMEOUT_MS = 15 * MINUTE;
/** Of the runs of `ops forget`, how many are interrupted and run again. */
const INTERRUPTED = 0.3;
/** Of the books, how many are forgotten by their pk. */
const BY_PK = 0.3;

/** Lets an operator forget books with `ops forget`, in the middle of their lives (docs/decisions/0019). */
export function scheduleForgetting(
  core: Core,
  options: { readonly startAt: number; readonly quietAt: number; readonly books: number; random: Random },
): void {
  const { startAt, quietAt, books, random } = options;
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
    const { ports, invoke } = openOperator(core);
    const { table, bodies, now } = ports;
    const report = await invoke(async () => {
      const book = isByPk ? await findByPk(table, ids) : await findByUuid(table, ids.uuid);
      const options = { isPreview: false, signal: new AbortController().signal, now };
      return forgetBook({ table, bodies, queues: {}, sqs: NOT_USED }, book, options);
    });
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

function openOperator(core: Core) {
  const environment = new Environment(core, 'operator');
  return {
    ports: environment.ports,
    /** @returns `undefined` when it failed, or was interrupted. */
    invoke: <Report>(work: () => Promise<Report>) =>
      environment.invoke(TIMEOUT_MS, INTERRUPTED, () => work().catch(() => undefined)),
  };
}

/** As `ops forget <uuid>` finds the book (infra/ops/forget/find-book.ts). */
async function findByUuid(table: Table, bookUuid: string): Promise<BookToForget> {
  const book = await readIds(table, bookUuid);
  const bookPk = book?.bookPk;
  const partitions = bookPk === undefined ? [bookUuid] : [bookUuid, `pk-${bookPk}`];
  return { bookUuid, bookPk, partitions, account: book?.account ?? 'unknown' };
}

/** As `ops forget pk-<number>`, which looks through the books for the one that has the pk. */
async function findByPk(table: Table, { uuid, pk: bookPk }: Ids): Promise<BookToForget> {
  const pkBookId = `pk-${bookPk}`;
  const ofPk = await readIds(table, pkBookId);
  const ofUuid = await readIds(table, uuid);
  const bookUuid = ofPk?.bookUuid ?? (ofUuid?.bookPk === bookPk ? uuid : undefined);
  const partitions = bookUuid === undefined ? [pkBookId] : [bookUuid, pkBookId];
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
