import * as z from 'zod';
import { BOOK_CLASSES } from '../../running-stacks/book-classes.ts';
import { type Book, DETECT_OUTCOMES, type DetectOutcome, type Document, type Mixed } from './model/book.ts';
import type { Moment } from './model/events.ts';
import * as life from './model/life.ts';
import type { Model } from './model/model.ts';
import * as products from './model/products.ts';
import { isCaptured, isFinished, stopsAtClassification } from './model/versions.ts';

/** The account of the credentials, and another one, whose books they may not see. */
export const OWN_ACCOUNT = 'own';
export const OTHER_ACCOUNT = 'another';

/** Above these, analytics of a book are refused, and jobs for them fail. */
const MOST_ROWS = 100_000;
const MOST_ROWS_OF_JOB = 1_000_000;

/** Chooses the first spelling of every refusal. */
const HASH = 2;

const Uuid = z.string();
const Pk = z.string();
const ImageGroup = z.object({ uuid: Uuid, pk: Pk });

const Outcome = z.enum(DETECT_OUTCOMES);
export const DocumentKind = z.enum(['bank-statement', 'form', 'pay-stub']);
export const BookClass = z.enum(BOOK_CLASSES);

const NewBook = z.object({
  do: z.literal('add-book'),
  uuid: Uuid,
  pk: Pk,
  name: z.string(),
  xid: z.string().nullable(),
  bookClass: BookClass,
  /** The credentials may not see it. */
  isForbidden: z.boolean(),
});

const NewDocument = z.object({
  do: z.literal('add-document'),
  book: Uuid,
  uuid: Uuid,
  pk: Pk,
  docUuid: Uuid,
  name: z.string(),
  kind: DocumentKind,
  isIsoApplication: z.boolean().optional(),
  formType: z.string(),
  pages: z.int(),
  rows: z.int(),
  /** Why verification will reject it; `null`: it will not. */
  rejection: z.string().nullable(),
  detect: Outcome,
  imageGroup: ImageGroup.nullable(),
  mixed: ImageGroup.extend({ name: z.string() }).nullable(),
});
export type NewDocument = z.infer<typeof NewDocument>;

const OfBook = z.enum([
  ...['classify-book', 'verify-book', 'complete-analytics', 'complete-book'],
  ...['flag-suspicious-activity', 'calculate-income', 'delete-book'],
] as const);

/** A change of the books, with every id in it: the same changes at the same times make the same books. */
export const Command = z.discriminatedUnion('do', [
  NewBook,
  NewDocument,
  z.object({ do: OfBook, book: Uuid }),
  z.object({ do: z.enum(['request-analytics', 'start-business', 'verify-business']), book: Uuid, id: Uuid }),
  z.object({ do: z.literal('verify-document'), document: Uuid }),
  z.object({ do: z.literal('run-detect'), document: Uuid, result: Outcome }),
  z.object({ do: z.literal('delete-document'), document: Uuid, isListed: z.boolean() }),
]);
export type Command = z.infer<typeof Command>;

/**
 * Changes the books (docs/ocrolus.md#statuses).
 *
 * @returns what Ocrolus would announce, in its usual order.
 * @throws Error for an unknown book or document, and where it cannot happen now.
 */
export function perform(model: Model, command: Command): Moment[] {
  switch (command.do) {
    case 'add-book':
      return addBook(model, command);
    case 'add-document':
      return addDocument(model, command);
    case 'verify-document':
      return verifyDocument(model, documentOf(model, command.document));
    case 'run-detect':
      return runDetect(model, documentOf(model, command.document), command.result);
    case 'delete-document':
      return deleteDocument(model, documentOf(model, command.document), command.isListed);
    default:
      return changeBook(model, model.registry.book(command.book), command);
  }
}

function documentOf({ registry }: Model, id: string): Document {
  const document = registry.documents.get(id);
  if (document === undefined) throw new Error(`no document ${id}`);
  return document;
}

function addBook(model: Model, { do: _, isForbidden, ...given }: z.infer<typeof NewBook>): Moment[] {
  const { registry } = model;
  const account = registry.account(isForbidden ? OTHER_ACCOUNT : OWN_ACCOUNT);
  const usual = {
    hash: HASH,
    visibleFrom: 0,
    isStuck: false,
    volume: 'normal',
    isIncomeExpected: true,
  } as const;
  registry.list(life.makeBook(model, { ...given, ...usual, account }));
  return [];
}

function addDocument(model: Model, command: NewDocument): Moment[] {
  const { do: _, book: bookUuid, rejection, detect, mixed, imageGroup, ...given } = command;
  const book = model.registry.book(bookUuid);
  const groups = book.documents.flatMap((document) => document.imageGroup ?? []);
  const document = life.makeDocument(model, book, {
    ...given,
    mixed: mixed === null ? undefined : mixedOf(book, mixed),
    imageGroup:
      imageGroup === null
        ? undefined
        : (groups.find(({ uuid }) => uuid === imageGroup.uuid) ?? {
            ...imageGroup,
            working: 0,
            isRejected: false,
          }),
    outcome: rejection === null ? 'VERIFICATION_COMPLETE' : 'REJECTED',
    rejectionReason: rejection ?? '',
    detectOutcome: detect,
  });
  life.listDocument(model, document);
  return life.endUpload(model, book, document);
}

function mixedOf(book: Book, part: Pick<Mixed, 'uuid' | 'pk' | 'name'>): Mixed {
  const known = book.mixed.find(({ uuid }) => uuid === part.uuid);
  if (known !== undefined) return known;
  const mixed: Mixed = { ...part, parts: [], status: 'QUEUED' };
  life.listMixed(book, mixed);
  return mixed;
}

type BookCommand = Exclude<Command, { readonly document: string } | { readonly uuid: string }>;

function changeBook(model: Model, book: Book, command: BookCommand): Moment[] {
  if (book.status === 'DELETED') throw new Error(`book ${book.uuid} is deleted`);
  switch (command.do) {
    case 'classify-book':
      return classifyBook(model, book);
    case 'verify-book':
      return [
        ...book.documents.flatMap((document) => verifyDocument(model, document)),
        ...life.verify(model, book),
      ];
    case 'complete-analytics':
      return completeAnalytics(model, requireVerified(book));
    case 'complete-book':
      return products.completeBook(requireVerified(book), tasksOf(book));
    case 'flag-suspicious-activity':
      return products.flagSuspicious(model, book);
    case 'calculate-income':
      return products.calculateIncome(model, requireVerified(book));
    case 'delete-book':
      life.deleteBook(model, book);
      return [];
    case 'request-analytics':
      products.requestAnalytics(model, book, command.id);
      return [];
    case 'start-business':
      products.startBusiness(model, book, command.id);
      return [];
    case 'verify-business': {
      const business = book.businesses.find(({ uuid }) => uuid === command.id);
      if (business === undefined) throw new Error(`no business ${command.id} in book ${book.uuid}`);
      return products.decideBusiness(model, book, business, 'approved');
    }
  }
}

function requireVerified(book: Book): Book {
  if (book.status !== 'VERIFIED') throw new Error(`book ${book.uuid} is ${book.status}, not verified`);
  return book;
}

function classifyBook(model: Model, book: Book): Moment[] {
  const queued = book.documents.filter(({ status }) => status === 'QUEUED');
  const moments = queued.flatMap((document) =>
    life.classifyDocument(model, document, stopsAtClassification(document) ? 'CLASSIFIED' : 'VERIFYING'),
  );
  // Detect looks at captured documents.
  for (const document of queued.filter(stopsAtClassification)) products.setDetect(model, document, 'ABSENT');
  for (const mixed of book.mixed) split(model, book, mixed);
  return [...moments, ...life.classifyBook(model, book)];
}

function split(model: Model, book: Book, mixed: Mixed): void {
  if (mixed.status === 'QUEUED') life.splitMixed(model, book, mixed, 'COMPLETED');
}

/** Verification has not come to it yet. */
export const isInProgress = ({ status }: Document) => status === 'QUEUED' || status === 'VERIFYING';

function verifyDocument(model: Model, document: Document): Moment[] {
  const { book, mixed } = document;
  if (book.status === 'DELETED') throw new Error(`book ${book.uuid} is deleted`);
  if (!isInProgress(document)) return [];
  if (mixed !== undefined) split(model, book, mixed);
  life.capture(model, document);
  return life.endWork(model, document);
}

/** Analytics of a book that has them are announced again, and remain as they are. */
function completeAnalytics(model: Model, book: Book): Moment[] {
  const rows = book.documents.filter(isCaptured).reduce((sum, document) => sum + document.rows, 0);
  book.volume = rows > MOST_ROWS_OF_JOB ? 'too-large' : rows > MOST_ROWS ? 'large' : 'normal';
  const waiting = book.requests.filter(({ revision }) => revision === 0);
  const moments: Moment[] = book.analytics.isReady
    ? [{ kind: 'analytics-generated', book }]
    : products.analyticsReady(model, book);
  return [...moments, ...waiting.flatMap((request) => products.completeRequest(model, request))];
}

function tasksOf({ income }: Book): string[] {
  return ['ANALYTICS', 'CAPTURE', 'DETECT', ...(income.revision > 0 ? ['INCOME'] : [])];
}

/** Detect has looked at one document; the last one of the book ends Detect of the book. */
function runDetect(model: Model, document: Document, result: DetectOutcome): Moment[] {
  const { book, status } = document;
  if (!isFinished(document)) throw new Error(`Detect runs on finished documents; it is ${status}`);
  document.detectOutcome = result;
  const moments = products.endDetect(model, document);
  const isLast = book.documents.every((one) => one.detect !== 'PENDING' || one.status === 'DELETED');
  return isLast ? [...moments, { kind: 'book-detected', book }] : moments;
}

function deleteDocument(model: Model, document: Document, isListed: boolean): Moment[] {
  if (isInProgress(document)) verifyDocument(model, document);
  life.removeDocument(model, document, 'DELETED', isListed);
  return [];
}
