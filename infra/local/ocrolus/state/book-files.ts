import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Book } from './book.ts';

/** Keeps the books across restarts, one file each. */
export interface BookFiles {
  /** Those of earlier runs, oldest first. */
  readonly books: readonly Book[];
  /** Call it after each change, before it is announced. */
  save(book: Book): void;
}

export const NO_FILES: BookFiles = { books: [], save: () => {} };

const ImageGroup = z.object({ uuid: z.string(), pk: z.string() });

const MixedDocument = ImageGroup.extend({
  name: z.string(),
  md5: z.string(),
  status: z.enum(['QUEUED', 'COMPLETED', 'DELETED']),
});

const Detect = z.enum(['found', 'not_found', 'unable']);

const Document = z.object({
  uuid: z.string(),
  pk: z.string(),
  docUuid: z.string(),
  name: z.string(),
  kind: z.enum(['bank-statement', 'form', 'pay-stub']),
  formType: z.string(),
  pages: z.number(),
  md5: z.string(),
  form: z.object({ uuid: z.string(), pk: z.string() }),
  transactions: z.number(),
  position: z.number(),
  imageGroup: ImageGroup.optional(),
  mixed: MixedDocument.optional(),
  rejection: z.string().optional(),
  detectOutcome: Detect,
  status: z.enum(['QUEUED', 'VERIFYING', 'CLASSIFIED', 'VERIFICATION_COMPLETE', 'REJECTED', 'DELETED']),
  detect: z.enum([...Detect.options, 'pending']),
  unlisted: z.boolean(),
});

const CopyJob = z.object({
  id: z.string(),
  type: z.enum(['OUTBOUND', 'INBOUND']),
  orgUuid: z.string(),
  createdAt: z.string(),
  label: z.string(),
  status: z.enum(['PENDING', 'AWAITING_RECIPIENT', 'IN_PROGRESS', 'REJECTED']),
});

const Business = z.object({
  uuid: z.string(),
  middeskId: z.string(),
  name: z.string(),
  createdAt: z.string(),
  status: z.enum(['pending', 'approved']),
});

const BookFile = z.object({
  /** Among the books: Ocrolus lists them in the order of their creation. */
  position: z.int(),
  book: z.object({
    uuid: z.string(),
    pk: z.string(),
    name: z.string(),
    bookClass: z.enum(['COMPLETE', 'INSTANT', 'INSTANT_CLASSIFY_ONLY']),
    xid: z.string().nullable(),
    createdAt: z.string(),
    forbidden: z.boolean(),
    documents: z.array(Document),
    businesses: z.array(Business),
    analyticsRequests: z.array(z.object({ id: z.string(), requestedAt: z.number(), completed: z.boolean() })),
    copyJobs: z.array(CopyJob),
    status: z.enum(['CREATED', 'UPLOAD', 'VERIFYING', 'VERIFIED', 'DELETED']),
    classified: z.boolean(),
    analyticsReady: z.boolean(),
    incomeRevision: z.int(),
    suspicious: z.boolean(),
    completed: z.boolean(),
  }),
});

/**
 * Opens a folder of books, or makes it.
 *
 * @throws Error when it holds something else.
 */
export function openBookFiles(folder: string): BookFiles {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => BookFile.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
    .sort((a, b) => a.position - b.position);
  const positions = new Map(files.map(({ position, book }) => [book.uuid, position]));
  let next = (files.at(-1)?.position ?? -1) + 1;
  return {
    books: files.map(({ book }) => toBook(book)),
    save(book) {
      const position = positions.get(book.uuid) ?? next++;
      positions.set(book.uuid, position);
      const file = join(folder, `${book.uuid}.json`);
      // All of it or nothing, whenever the process ends.
      writeFileSync(`${file}.new`, JSON.stringify({ position, book }));
      renameSync(`${file}.new`, file);
    },
  };
}

/** Documents of one group share it, as they did when they were written. */
function toBook(stored: z.infer<typeof BookFile>['book']): Book {
  const groups = new Map<string, z.infer<typeof ImageGroup>>();
  const mixedDocuments = new Map<string, z.infer<typeof MixedDocument>>();
  const documents = stored.documents.map(({ imageGroup, mixed, rejection, ...document }) => ({
    ...document,
    ...(imageGroup !== undefined && { imageGroup: shared(groups, imageGroup) }),
    ...(mixed !== undefined && { mixed: shared(mixedDocuments, mixed) }),
    ...(rejection !== undefined && { rejection }),
  }));
  return { ...stored, documents };
}

function shared<T extends { readonly uuid: string }>(known: Map<string, T>, one: T): T {
  const found = known.get(one.uuid) ?? one;
  known.set(one.uuid, found);
  return found;
}
