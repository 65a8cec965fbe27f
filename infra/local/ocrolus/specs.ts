import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import type { Command, NewDocument } from './commands.ts';
import type { Book, BookClass, DetectOutcome, DocumentKind } from './model/book.ts';
import type { Ids } from './random.ts';

/** A document to be uploaded. */
export interface DocumentSpec {
  /** Default `bank-statement`. */
  readonly kind?: DocumentKind;
  /** Default `W2`; only for the kind `form`. */
  readonly formType?: string;
  readonly name?: string;
  readonly uuid?: string;
  /** Digits; may exceed 2^53. */
  readonly pk?: string;
  readonly pages?: number;
  /** Verification rejects the document for this reason, for example `DOCUMENT IS UNREADABLE`. */
  readonly rejection?: string;
  /** Documents with the same label are one image group. */
  readonly imageGroup?: string;
  /** Documents with the same label were split from one PDF of that name. */
  readonly mixed?: string;
  /** Rows of a bank statement; default 6. A few thousand in a book pass DynamoDB's item limit. */
  readonly transactions?: number;
  /** What `advance` lets Detect find; default `not_found`. */
  readonly detect?: DetectOutcome;
}

export interface BookSpec {
  readonly name?: string;
  readonly uuid?: string;
  /** Digits; may exceed 2^53. */
  readonly pk?: string;
  readonly xid?: string;
  /** Default `COMPLETE`. */
  readonly bookClass?: BookClass;
  /** The credentials may not see the book: code 2102. */
  readonly forbidden?: boolean;
  readonly documents?: readonly DocumentSpec[];
}

const DEFAULT_ROWS = 6;

/** Completes specs with ids and defaults. */
export class Specs {
  readonly #ids: Ids;
  /** By book and label. */
  readonly #imageGroups = new Map<string, { readonly uuid: string; readonly pk: string }>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  book({ name, uuid, pk = this.#ids.pk(), xid, bookClass, forbidden = false }: BookSpec) {
    return {
      do: 'add-book',
      uuid: normaliseUuid(uuid) ?? this.#ids.uuid(),
      pk,
      name: name ?? `Hillside Carpentry LLC - application ${pk}`,
      xid: xid ?? null,
      bookClass: bookClass ?? 'COMPLETE',
      isForbidden: forbidden,
    } as const satisfies Command;
  }

  document(book: Book, spec: DocumentSpec): NewDocument {
    const position = book.documents.length;
    const uuid = normaliseUuid(spec.uuid) ?? this.#ids.uuid();
    const kind = spec.kind ?? 'bank-statement';
    const mixed = spec.mixed === undefined ? null : this.#mixed(book, spec.mixed);
    return {
      do: 'add-document',
      book: book.uuid,
      uuid,
      pk: spec.pk ?? this.#ids.pk(),
      docUuid: mixed === null ? uuid : this.#ids.uuid(),
      name: spec.name ?? (mixed === null ? `${kind}-${position + 1}.pdf` : `${mixed.name}(${position})`),
      kind,
      formType: spec.formType ?? 'W2',
      pages: spec.pages ?? 1,
      rows: kind === 'bank-statement' ? (spec.transactions ?? DEFAULT_ROWS) : 0,
      rejection: spec.rejection ?? null,
      detect: spec.detect ?? 'not_found',
      imageGroup: spec.imageGroup === undefined ? null : this.#imageGroup(book, spec.imageGroup),
      mixed,
    };
  }

  #mixed(book: Book, name: string) {
    const known = book.mixed.find((mixed) => mixed.name === name);
    return { uuid: known?.uuid ?? this.#ids.uuid(), pk: known?.pk ?? this.#ids.pk(), name };
  }

  #imageGroup({ uuid }: Book, label: string) {
    const key = `${uuid} ${label}`;
    const group = this.#imageGroups.get(key) ?? { uuid: this.#ids.uuid(), pk: this.#ids.pk() };
    this.#imageGroups.set(key, group);
    return group;
  }
}
