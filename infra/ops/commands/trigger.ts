import { Option } from '@commander-js/extra-typings';
import { catalogEntry } from '../../../shared/events/catalog.ts';
import { UsageError } from '../../command-line/commands.ts';
import { listenForInterruption } from '../../command-line/exit.ts';
import { tableText } from '../../command-line/table-text.ts';
import { count } from '../../command-line/values.ts';
import { BOOK_CLASSES, type BookClass } from '../../running-stacks/book-classes.ts';
import { bookId, knownEvent } from '../options.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';
import {
  FAULTS,
  type FaultName,
  readSimulated,
  sendEvent,
  simulateBook,
  simulateFinishedBook,
} from '../trigger/simulated-book.ts';
import {
  describeWait,
  follow,
  readStoredBook,
  type StoredBook,
  type Triggered,
  waitForLedger,
} from '../trigger/waiting.ts';

interface Options {
  readonly documents?: number;
  readonly rows?: number;
  readonly class?: BookClass;
  readonly book?: string;
  readonly fault?: FaultName;
  readonly wait?: true;
  readonly patience: number;
}

export function triggerCommand(run: Run) {
  return stackCommand('trigger', {
    summary: 'make the simulated Ocrolus create a book, or send an event',
    description: [
      'Only in the local stack. "book" creates a book and takes it through its life cycle: uploads, documents, analytics,',
      'Detect, completion, each announced by its webhook. An event of the catalog is sent about --book, or about a new,',
      'finished book that no webhook has mentioned.\n\nFaults affect everything that the simulator is processing:\n',
      ...FAULTS.map(([name, effect]) => `  ${name.padEnd(10)} ${effect}\n`),
    ]
      .join(' ')
      .replaceAll('\n ', '\n')
      .trimEnd(),
    status0: 'it was triggered; with --wait: everything is stored.',
    examples: [
      ['ops trigger book --documents 3 --rows 900 --wait', 'a book, and what was stored of it'],
      ['ops trigger DOC_VERIFIED --fault duplicate --wait', 'an event that arrives twice'],
      ['ops trigger book --fault lose --json', 'a book whose webhooks are all lost'],
      [
        'ops trigger book --class INSTANT_CLASSIFY_ISO_CAPTURE --documents 3 --fault lose --wait',
        'the same in an ISO workflow: one document is captured, the others are classified',
      ],
    ],
  })
    .argument('<event|book>', 'book, or the name of an event')
    .option('--documents <number>', 'number of bank statements of the new book (default: 1)', count)
    .option('--rows <number>', 'number of rows in all its bank statements together', count)
    .addOption(
      new Option('--class <name>', 'how the new book is processed (default: COMPLETE)').choices(BOOK_CLASSES),
    )
    .option('--book <uuid>', 'the simulated book that the event is about', bookId)
    .addOption(new Option('--fault <name>', 'what goes wrong').choices(FAULTS.map(([name]) => name)))
    .option('--wait', 'wait until everything is stored, and show it')
    .option('--patience <seconds>', 'how long --wait waits', count, 600)
    .action((what, options) =>
      run(options, (session) =>
        what === 'book' ? triggerBook(session, options) : triggerEvent(session, what, options),
      ),
    );
}

async function triggerBook({ target, screen }: Session, options: Options): Promise<Output> {
  const { documents, rows, fault, class: bookClass } = options;
  if (options.book !== undefined) throw new UsageError('--book is for an event; "trigger book" makes a book');
  const uuid = await simulateBook(target.simulate, { documents, rows, bookClass }, fault);
  const document = { uuid, event: null, fault: fault ?? null };
  if (options.wait !== true) {
    return { document, text: `${uuid}\nops book ${uuid} shows what is stored of it` };
  }
  return untilStored({ target, screen }, document, options, async ({ complete, missing }) => {
    if (!complete || missing.length > 0) return false;
    return (await readSimulated(target.simulate, uuid)).next === null;
  });
}

async function triggerEvent({ target, screen }: Session, name: string, options: Options): Promise<Output> {
  const { documents, rows, fault, book } = options;
  const event = knownEvent(name, 'or it is "book"');
  if (options.class !== undefined) throw new UsageError('--class is for a new book: "trigger book"');
  if (fault === 'lose')
    throw new UsageError('--fault lose is for a book: losing a single event is the same as sending none');
  const size = { documents, rows };
  if (book !== undefined && (documents ?? rows) !== undefined) {
    throw new UsageError('--documents and --rows are for a new book: leave out --book');
  }
  const uuid = book ?? (await simulateFinishedBook(target.simulate, size));
  const deliveries = await sendEvent(target.simulate, uuid, event, fault);
  const refused = deliveries.find(({ outcome }) => outcome !== 'delivered');
  if (refused !== undefined) throw new Error(`${event} about ${uuid} was not accepted: ${refused.outcome}`);
  const document = { uuid, event, fault: fault ?? null, deliveries: deliveries.map((one) => one.deliveryId) };
  // An event about an account is in no book's ledger.
  if (options.wait !== true || catalogEntry(event).subject === 'account') {
    return { document, text: `${event} about ${uuid}: delivered` };
  }
  return untilStored({ target, screen }, document, options, ({ events }) =>
    document.deliveries.every((id) =>
      events.some(({ deliveryId, outcome }) => deliveryId === id && outcome !== 'retrying'),
    ),
  );
}

async function untilStored(
  { target, screen }: Pick<Session, 'target' | 'screen'>,
  document: Triggered,
  { patience }: Options,
  isAll: (stored: StoredBook) => boolean | Promise<boolean>,
): Promise<Output> {
  using interruption = listenForInterruption();
  const { signal } = interruption;
  process.stderr.write(`${describeWait(document, target.pollSeconds, patience)}\n`);
  const startedAt = Date.now();
  const read = () => readStoredBook(target.reader, document.uuid);
  const isEnd = (stored: StoredBook) => stored.forgottenAt !== null || isAll(stored);
  const { stored, isAll: isDone } = await follow(read, isEnd, { patienceSeconds: patience, signal });
  const isStored = isDone && stored.forgottenAt === null;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (isDone) await waitForLedger(target, signal);
  const { events } = await read();
  const { results, missing, forgottenAt } = stored;
  const conclusion =
    forgottenAt === null
      ? `${isStored ? 'everything is stored' : 'not everything is stored'} after ${seconds} s`
      : `forgotten since ${forgottenAt}, so nothing of it is stored`;
  const text = [
    tableText(
      ['EVENT', 'FROM', 'OUTCOME'],
      events.map((event) => [event.eventName, event.source, event.outcome]),
      screen,
    ),
    tableText(
      ['RESULT', 'OF', 'BYTES'],
      [
        ...results.map(({ kind, subject, bytes }) => [kind, subject, String(bytes)]),
        ...missing.map(({ kind, subject, code }) => [kind, subject, `missing ${code ?? ''}`.trim()]),
      ],
      screen,
    ),
    `${document.uuid}: ${conclusion}`,
  ].join('\n\n');
  return { document: { ...document, ...stored, events }, text, isProblem: !isStored };
}
