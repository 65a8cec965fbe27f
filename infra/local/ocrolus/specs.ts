import * as z from 'zod';
import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import { BookClass, type Command, DocumentKind, type NewDocument } from './commands.ts';
import type { Book } from './model/book.ts';
import type { Ids } from './random.ts';

/** Most rows of a bank statement, and of a book that is made by number. */
export const MOST_ROWS = 1_000_000;

/** Digits; may exceed 2^53. */
const Pk = z.string().regex(/^\d+$/);

export const DocumentSpec = z.strictObject({
  /** Default `bank-statement`. */
  kind: DocumentKind.optional(),
  /** Default `W2`; only for the kind `form`. */
  formType: z.string().optional(),
  name: z.string().optional(),
  uuid: z.uuid().optional(),
  pk: Pk.optional(),
  pages: z.int().min(1).optional(),
  /** Verification rejects the document for this reason, for example `DOCUMENT IS UNREADABLE`. */
  rejection: z.string().optional(),
  /** Documents with the same label are one image group. */
  imageGroup: z.string().optional(),
  /** Documents with the same label were split from one PDF of that name. */
  mixed: z.string().optional(),
  /** Rows of a bank statement; default 6. A few thousand in a book pass DynamoDB's item limit. */
  transactions: z.int().min(0).max(MOST_ROWS).optional(),
  /** Finding of Detect after `advance`; default `not_found`. */
  detect: z.enum(['found', 'not_found', 'unable']).optional(),
});
export type DocumentSpec = z.input<typeof DocumentSpec>;

export const BookSpec = z.strictObject({
  name: z.string().optional(),
  uuid: z.uuid().optional(),
  pk: Pk.optional(),
  xid: z.string().optional(),
  /** Default `COMPLETE`. In an ISO workflow, the first document is an ISO application. */
  bookClass: BookClass.optional(),
  /** The credentials may not see the book: code 2102. */
  forbidden: z.boolean().optional(),
  documents: z.array(DocumentSpec).readonly().optional(),
});
export type BookSpec = z.input<typeof BookSpec>;

const DEFAULT_ROWS = 6;

export function createSpecs(ids: Ids) {
  /** By book and label. */
  const imageGroups = new Map<string, { readonly uuid: string; readonly pk: string }>();

  function imageGroupOf({ uuid }: Book, label: string) {
    const key = `${uuid} ${label}`;
    const group = imageGroups.get(key) ?? { uuid: ids.uuid(), pk: ids.pk() };
    imageGroups.set(key, group);
    return group;
  }

  function mixedOf(book: Book, name: string) {
    const known = book.mixed.find((mixed) => mixed.name === name);
    return { uuid: known?.uuid ?? ids.uuid(), pk: known?.pk ?? ids.pk(), name };
  }

  return {
    book({ name, uuid, pk = ids.pk(), xid, bookClass, forbidden = false }: BookSpec) {
      return {
        do: 'add-book',
        uuid: normaliseUuid(uuid) ?? ids.uuid(),
        pk,
        name: name ?? `Hillside Carpentry LLC - application ${pk}`,
        xid: xid ?? null,
        bookClass: bookClass ?? 'COMPLETE',
        isForbidden: forbidden,
      } as const satisfies Command;
    },
    document(book: Book, spec: DocumentSpec): NewDocument {
      const position = book.documents.length;
      const uuid = normaliseUuid(spec.uuid) ?? ids.uuid();
      const kind = spec.kind ?? 'bank-statement';
      const mixed = spec.mixed === undefined ? null : mixedOf(book, spec.mixed);
      return {
        do: 'add-document',
        book: book.uuid,
        uuid,
        pk: spec.pk ?? ids.pk(),
        docUuid: mixed === null ? uuid : ids.uuid(),
        name: spec.name ?? (mixed === null ? `${kind}-${position + 1}.pdf` : `${mixed.name}(${position})`),
        kind,
        // The first one, so that a book of several has both: a document that is captured, and others that are not.
        ...(book.bookClass === 'INSTANT_CLASSIFY_ISO_CAPTURE' && { isIsoApplication: position === 0 }),
        formType: spec.formType ?? 'W2',
        pages: spec.pages ?? 1,
        rows: kind === 'bank-statement' ? (spec.transactions ?? DEFAULT_ROWS) : 0,
        rejection: spec.rejection ?? null,
        detect: spec.detect ?? 'not_found',
        imageGroup: spec.imageGroup === undefined ? null : imageGroupOf(book, spec.imageGroup),
        mixed,
      };
    },
  };
}
