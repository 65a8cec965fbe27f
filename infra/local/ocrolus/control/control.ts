import { setTimeout as delay } from 'node:timers/promises';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { EVENT_NAMES, findEventName } from '../../../../shared/events/catalog.ts';
import { normaliseUuid } from '../../../../shared/events/read-ids.ts';
import { type Book, type DetectOutcome, type Document, VOCABULARIES } from '../model/book.ts';
import { nextStep, type Simulator, type StepName } from '../simulator.ts';
import { BookSpec, DocumentSpec, MOST_ROWS } from '../specs.ts';
import type { Announce, Delivery } from '../webhooks/delivery.ts';

/** Most documents of a book that is made by number; a book can be made with any list of documents. */
const MOST_DOCUMENTS = 500;

const Announced = z.strictObject({
  /** `false`: the change happens and no webhook is sent. */
  deliver: z.boolean().optional(),
  vocabulary: z.enum(VOCABULARIES).optional(),
});

/** Number of steps that a book advances, or all until it is finished. */
const Steps = z.union([z.literal('all'), z.int().min(1).max(10_000)]);

export const NewBook = BookSpec.extend({
  ...Announced.shape,
  /** So many bank statements, or each document. */
  documents: z.union([z.int().min(0).max(MOST_DOCUMENTS), z.array(DocumentSpec)]).default(1),
  /** Rows of all bank statements together, which are spread over those that do not name theirs. */
  rows: z.int().min(0).max(MOST_ROWS).optional(),
  /** Advances the book in the background once it is there. */
  steps: Steps.optional(),
});

export type NewBook = z.infer<typeof NewBook>;

/** `POST /ocrolus/books/<uuid>/advance`. */
export const Advance = Announced.extend({
  steps: Steps.default(1),
  /** `true`: answered only when the deliveries of every step have their outcomes. */
  wait: z.boolean().default(false),
});

const Event = z.string().transform((sent, context) => {
  const name = findEventName(sent);
  if (name !== undefined) return name;
  context.addIssue({ code: 'custom', message: `no event ${sent}; it is one of: ${EVENT_NAMES.join(' ')}` });
  return z.NEVER;
});

export const Ticked = z.strictObject({ events: z.array(Event).optional() });

/** `POST /ocrolus/books/<uuid>/events`: any event of the catalog, in any spelling that Ocrolus uses. */
export const SentEvent = z.strictObject({
  event: Event,
  wait: z.boolean().default(false),
});

/** A step does not wait longer than this for the deliveries of the one before: they may be delayed for long, or fail. */
const STEP_PATIENCE_MS = 1000;

/** Faults that are switched on. A fault of the API with `left` of `null` stays until it is switched off. */
export function faultsOf({ faults, deliveries }: Simulator) {
  return {
    api: faults.active.map(({ rule, left }) => ({
      ...rule,
      path: rule.path?.toString(),
      left: Number.isFinite(left) ? left : null,
    })),
    deliveries: typeof deliveries.faults === 'function' ? {} : deliveries.faults,
  };
}

/** @throws HTTPException with the status 404 */
export function findBook({ model }: Simulator, uuid: string): Book {
  const book = model.registry.booksByUuid.get(normaliseUuid(uuid) ?? uuid);
  if (book === undefined)
    throw new HTTPException(404, { message: `the simulated Ocrolus has no book ${uuid}` });
  return book;
}

/** Creates a book, and takes it so many steps further in the background. */
export function newBook(
  simulator: Simulator,
  { documents, rows, steps, deliver, vocabulary, ...spec }: NewBook,
): Book {
  const announce = { deliver, vocabulary };
  const specs = typeof documents === 'number' ? Array.from({ length: documents }, () => ({})) : documents;
  const book = simulator.addBook({ ...spec, documents: spreadRows(specs, rows) }, announce);
  if (steps !== undefined) void advance(simulator, book, steps, announce).announced;
  return book;
}

/**
 * Takes a book some steps further. The first is taken at once, each other when the deliveries of the one before have
 * their outcomes, or after a second.
 *
 * @returns the first step; `null` when the book was finished. `announced` resolves when every delivery of every
 * step has its outcome.
 */
export function advance(
  simulator: Simulator,
  { uuid }: Book,
  steps: number | 'all',
  announce: Announce = {},
): { readonly step: StepName | null; readonly announced: Promise<Delivery[]> } {
  const first = simulator.step(uuid, announce);
  if (first === undefined) return { step: null, announced: Promise.resolve([]) };
  const follow = async () => {
    const taken = [first.announced];
    for (let left = steps === 'all' ? Number.POSITIVE_INFINITY : steps; left > 1; left -= 1) {
      await Promise.race([taken.at(-1), delay(STEP_PATIENCE_MS, undefined, { ref: false })]);
      const next = simulator.step(uuid, announce);
      if (next === undefined) break;
      taken.push(next.announced);
    }
    return (await Promise.all(taken)).flat();
  };
  return { step: first.name, announced: follow() };
}

export function describeBook(book: Book) {
  const { uuid, pk, name, status, analytics, isCompleted } = book;
  const documents = book.documents.map((document) => ({
    uuid: document.uuid,
    name: document.name,
    kind: document.kind,
    status: document.status,
    detect: detectOf(document),
    rows: document.rows,
  }));
  return {
    ...{ uuid, pk, name, status, documents },
    createdAt: `${new Date(book.createdAt).toISOString().slice(0, 19)}Z`,
    analyticsReady: analytics.isReady,
    completed: isCompleted,
    /** `null` when the book is finished. */
    next: nextStep(book)?.do ?? null,
  };
}

function detectOf({ detect, detectOutcome }: Document): DetectOutcome {
  return detect === 'PENDING' || detect === 'ABSENT' ? 'pending' : detectOutcome;
}

/** The first ones get one more where it does not come out even. */
function spreadRows(documents: readonly DocumentSpec[], rows: number | undefined): DocumentSpec[] {
  const takesRows = ({ kind = 'bank-statement', transactions }: DocumentSpec) =>
    kind === 'bank-statement' && transactions === undefined;
  const count = documents.filter(takesRows).length;
  let position = 0;
  return documents.map((document) => {
    if (rows === undefined || !takesRows(document)) return document;
    const share = Math.floor(rows / count) + (position < rows % count ? 1 : 0);
    position += 1;
    return { ...document, transactions: share };
  });
}
