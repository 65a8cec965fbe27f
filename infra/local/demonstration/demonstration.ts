import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_RESULTS, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import { catalogEntry, type ResultKind, SEED_EVENT_NAMES } from '../../../shared/events/catalog.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import { type BookContents, readContents } from '../../ops/ledger/books.ts';
import { openClients } from '../../running-stacks/clients.ts';
import type { Command } from '../ocrolus/commands.ts';
import type { Simulator } from '../ocrolus/simulator.ts';
import type { Delivery } from '../ocrolus/webhooks/delivery.ts';
import type { LocalStack } from '../stack.ts';
import { announcedRows, type Row, recoveredRows, tableOf } from './rows.ts';

const DEADLINE_MS = 120_000;
const READ_EVERY_MS = 100;

/**
 * Plays one book with every event of the seed page and a second one whose webhooks are all lost, and shows what is stored.
 *
 * @returns the first book's uuid, and what was still missing at the deadline.
 */
export async function demonstrate(
  stack: LocalStack,
  simulator: Simulator,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<{ readonly bookUuid: string; readonly missing: readonly string[] }> {
  const { reader } = openClients(stack);
  /** Reads a book until nothing is missing, or the deadline. */
  const wait = async (bookUuid: string, missing: (contents: BookContents) => string[]) => {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const contents = await readContents(reader, bookUuid);
      const left = missing(contents);
      if (left.length === 0 || Date.now() > deadline || signal.aborted) return { contents, missing: left };
      await delay(READ_EVERY_MS);
    }
  };

  show(
    "\n1. A book through the nine events of Ocrolus's webhook page: the simulated Ocrolus posts; the stack verifies, queues, fetches and stores.\n   (ms: from the delivery to the ledger; the first event of a channel starts its Lambda.)\n",
  );
  const { bookUuid, changes } = announcedChanges(simulator);
  const rows: Row[] = [];
  const missing: string[] = [];
  const sent = new Set<string>();
  let before = await readContents(reader, bookUuid);
  for (const change of changes) {
    const announced = await simulator.change(change);
    const after = await wait(bookUuid, (contents) => missingDeliveries(announced, contents));
    rows.push(...announcedRows(announced, before, after.contents));
    missing.push(...after.missing);
    for (const { eventName } of announced) sent.add(eventName);
    before = after.contents;
  }
  show(tableOf(rows));
  const kinds = SEED_EVENT_NAMES.flatMap((name) => catalogEntry(name).results);
  const first = await wait(bookUuid, (contents) => missingParts(contents, kinds));
  missing.push(...SEED_EVENT_NAMES.filter((name) => !sent.has(name)).map((name) => `${name}: not sent`));
  missing.push(...first.missing);
  show(`\nBOOK.complete: ${first.contents.book?.complete ?? 'unknown'}`);

  show('\n2. Another book. All of its webhooks are lost: the poller finds the book and its results.\n');
  const happenedAt = new Date().toISOString();
  const readings: BookContents[] = [];
  const second = await wait(await playUnannounced(simulator), (contents) => {
    if (contents.events.length > (readings.at(-1)?.events.length ?? 0)) readings.push(contents);
    // The ledger gets its entry last.
    const unrecorded = contents.events.length === 0 ? ['ledger: no entry'] : [];
    return [...missingParts(contents, ALWAYS), ...unrecorded];
  });
  show(tableOf(recoveredRows(happenedAt, readings)));
  show(`\nBOOK.complete: ${second.contents.book?.complete ?? 'unknown'}`);

  return { bookUuid, missing: [...missing, ...second.missing] };
}

/** Adds a book. @returns its changes for every event of the seed page, one after the other. */
function announcedChanges(simulator: Simulator) {
  const { uuid, documents } = simulator.addBook({
    name: 'Demonstration: every seed event',
    documents: [
      { name: 'january.pdf', kind: 'bank-statement', detect: 'found' },
      { name: 'pay-stub.pdf', kind: 'pay-stub', detect: 'not_found' },
      { name: 'w2-front.jpg', kind: 'form', detect: 'unable', imageGroup: 'w2' },
    ],
  });
  const id = randomUUID();
  const changes: Command[] = [
    { do: 'classify-book', book: uuid },
    ...documents.map((document) => ({ do: 'verify-document', document: document.uuid }) as const),
    { do: 'verify-book', book: uuid },
    { do: 'request-analytics', book: uuid, id },
    { do: 'complete-analytics', book: uuid },
    ...documents.map(({ uuid: document, detectOutcome: result }) => {
      return { do: 'run-detect', document, result } as const;
    }),
    { do: 'flag-suspicious-activity', book: uuid },
    { do: 'start-business', book: uuid, id },
    { do: 'verify-business', book: uuid, id },
  ];
  return { bookUuid: uuid, changes };
}

/** Takes a book through all steps without any webhook. @returns its uuid. */
async function playUnannounced(simulator: Simulator): Promise<string> {
  const lost = { deliver: false };
  const { uuid } = simulator.addBook(
    {
      name: 'Demonstration: every webhook lost',
      documents: [{ name: 'february.pdf', kind: 'bank-statement', detect: 'found' }],
    },
    lost,
  );
  for (let step = simulator.step(uuid, lost); step !== undefined; step = simulator.step(uuid, lost)) {
    await step.announced;
  }
  return uuid;
}

/** Outcomes of a delivery whose results are stored. */
const STORED: ReadonlySet<EventItem['outcome']> = new Set(['applied', 'unchanged', 'stale']);

/** Deliveries whose results are not stored yet, according to the ledger. */
function missingDeliveries(deliveries: readonly Delivery[], { events }: BookContents): string[] {
  return deliveries.flatMap(({ deliveryId, eventName, outcome }) => {
    if (outcome !== 'delivered') return [`${eventName}: ${outcome}`];
    const entry = events.find((event) => event.deliveryId === deliveryId);
    if (entry === undefined) return [`${eventName}: not processed`];
    return STORED.has(entry.outcome) ? [] : [`${eventName}: ${entry.outcome} ${entry.reason ?? ''}`];
  });
}

/** Kinds that a book with a bank statement always has (docs/data-model.md). */
const ALWAYS = RESULT_KINDS.filter((kind) => DEFAULT_RESULTS[kind] === 'always');

/** Missing parts of a verified book, which should have results of these kinds, and what its own checklist names. */
function missingParts(contents: BookContents, kinds: readonly ResultKind[]): string[] {
  const { book, documents, results, missing } = contents;
  const open = missing.map(({ kind, subject, state, code }) =>
    `${kind} of ${subject}: ${state} ${code ?? ''}`.trim(),
  );
  return [
    ...(book?.status === 'VERIFIED' ? [] : [`BOOK: ${book?.status ?? 'not there'}`]),
    ...(documents.length > 0 ? [] : ['DOC: none']),
    ...[...new Set(kinds)]
      .filter((kind) => DEFAULT_RESULTS[kind] !== 'never')
      .filter((kind) => results.every((result) => result.kind !== kind))
      .map((kind) => `RESULT#${kind}: none`),
    ...(book?.complete === true ? [] : ['BOOK: not complete', ...open]),
  ];
}
