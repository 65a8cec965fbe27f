import * as announce from './announce.ts';
import type { Book, Document, Mixed } from './book.ts';
import { list } from './book-state.ts';
import { uploaded } from './life.ts';
import { makeDocument } from './make.ts';
import { after, type ModelContext } from './model-context.ts';
import { MINUTE, SECOND, span, uuidFrom } from './random.ts';

/** Beyond this the documents of a book come one a second, and nothing unusual is uploaded. */
const GIANT = 100;

/** Uploads documents to a new book or to one that exists; everything else follows by itself. */
export function uploadRound(context: ModelContext, book: Book, count: number): void {
  const { random, shares } = book;
  book.turn += 1;
  const isGiant = count > GIANT;
  const isAllRejected = !isGiant && random.chance(shares.allRejected);
  const group = random.chance(0.06)
    ? { uuid: uuidFrom(random), pk: context.registry.nextPk(book.account), working: 0, rejected: false }
    : undefined;
  book.uploading += count;
  let delay = span(random, SECOND, 5 * MINUTE);
  for (let n = 0; n < count; n += 1) {
    delay += isGiant ? SECOND : span(random, SECOND, 2 * MINUTE);
    const isMixed = !isGiant && random.chance(shares.mixed);
    if (isMixed) {
      const mixed = makeMixed(context, book);
      after(context, book, delay, () => uploadMixed(context, book, mixed));
      continue;
    }
    const document = makeDocument(context, book, undefined, random.chance(0.3) ? group : undefined);
    if (isAllRejected) document.outcome = 'REJECTED';
    after(context, book, delay, () => uploadDocument(context, document));
  }
}

function makeMixed(context: ModelContext, book: Book): Mixed {
  const pk = context.registry.nextPk(book.account);
  const uuid = uuidFrom(book.random);
  const mixed: Mixed = { uuid, pk, name: `quillfeather-${pk}.pdf`, parts: [], status: 'QUEUED' };
  const count = 1 + book.random.int(4);
  for (let n = 0; n < count; n += 1) mixed.parts.push(makeDocument(context, book, mixed));
  return mixed;
}

function uploadMixed(context: ModelContext, book: Book, mixed: Mixed): void {
  book.mixed.push(mixed);
  book.working += 1;
  // Some are split at once, and their parts are listed while the split is not over: 1511.
  if (book.random.chance(0.3)) for (const part of mixed.parts) list(context, part);
  uploaded(context, book);
  announce.mixedUploaded(context, book, mixed);
}

function uploadDocument(context: ModelContext, document: Document): void {
  list(context, document);
  uploaded(context, document.book);
  announce.documentUploaded(context, document);
}
