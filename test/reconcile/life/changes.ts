import { catalogEntry, findEventName, type ResultKind } from '../../../shared/events/catalog.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { ACCOUNTS } from './answers.ts';
import { Knowledge } from './knowledge.ts';
import type { Machine } from './machine.ts';
import type { Delivering, Move } from './moves.ts';
import {
  type Computing,
  changeBook,
  changeDocument,
  compute,
  idOf,
  type LifeBook,
  type LifeDocument,
} from './truth.ts';

/** Ocrolus computes at once, and refuses nothing. */
export const PLAIN: Computing = { permanent: undefined, delayMs: 0, jobMs: undefined };

/** What changes at Ocrolus, with the events that it delivers. */
export class Changes {
  readonly #machine: Machine;
  readonly #announced = new Map<string, ReadonlySet<ResultKind>>();
  #deliveries = 0;
  #documents = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The kinds of results that were announced of a book. */
  announcedOf({ uuid }: LifeBook): ReadonlySet<ResultKind> {
    return this.#announced.get(uuid) ?? new Set();
  }

  change(move: Extract<Move, { book: number }>): void {
    const { ocrolus, clock } = this.#machine;
    const book = ocrolus.books[move.book % ocrolus.books.length];
    if (book === undefined) return;
    const now = clock.now();
    const document = 'document' in move ? book.documents[move.document % book.documents.length] : undefined;
    switch (move.do) {
      case 'add':
        this.#add(book, move);
        changeBook(book, book.status, PLAIN, now);
        return;
      case 'document':
        if (document === undefined) return;
        changeDocument(book, { document, status: move.status }, move.how, now);
        changeBook(book, book.status, move.how, now);
        if (move.event !== undefined) this.deliver(book, document, 'DOC_VERIFIED', move.event);
        return;
      case 'list':
        if (document === undefined) return;
        changeDocument(book, { document, isListed: move.isListed }, move.how, now);
        changeBook(book, book.status, move.how, now);
        return;
      case 'book':
        changeBook(book, move.status, move.how, now);
        if (move.event !== undefined) this.deliver(book, undefined, 'BOOK_VERIFIED', move.event);
        return;
      case 'finish':
        this.finishBook(book, move.how);
        if (move.event !== undefined) this.deliver(book, undefined, 'BOOK_VERIFIED', move.event);
        return;
      case 'partial':
        book.isPartial = move.isPartial;
        changeBook(book, book.status, PLAIN, now);
        return;
      case 'edit':
        this.#edit(book, document, move);
        return;
      case 'event':
        this.deliver(book, document, move.event, move.delivering);
    }
  }

  #add(book: LifeBook, { shape, isAbsentFromDetect }: Extract<Move, { do: 'add' }>): void {
    if (book.documents.length >= 4) return;
    this.#documents += 1;
    const isMixed = shape === 'mixed' || shape === 'mixed-by-pk';
    book.documents.push({
      uuid: shape === 'mixed-by-pk' ? undefined : `d${this.#documents}`,
      pk: String(100 + this.#documents),
      isMixed,
      imageGroupPk: shape === 'of-group' ? '55' : undefined,
      status: 'VERIFYING',
      isListed: true,
      isAbsentFromDetect,
      knowledge: new Knowledge(),
    });
  }

  /** Ocrolus finishes a book and all its documents. */
  finishBook(book: LifeBook, how: Computing): void {
    const now = this.#machine.clock.now();
    if (book.documents.length === 0)
      this.#add(book, { do: 'add', book: 0, shape: 'document', isAbsentFromDetect: false });
    for (const document of book.documents) {
      const isOver = ['VERIFICATION_COMPLETE', 'COMPLETED', 'REJECTED', 'FAILED', 'DELETED'].includes(
        document.status,
      );
      if (!isOver) changeDocument(book, { document, status: 'VERIFICATION_COMPLETE' }, how, now);
    }
    changeBook(book, 'VERIFIED', how, now);
  }

  #edit(book: LifeBook, document: LifeDocument | undefined, move: Extract<Move, { do: 'edit' }>): void {
    const name = findEventName(move.event);
    if (name === undefined) return;
    const { subject, results, ends } = catalogEntry(name);
    const isOfDocument = subject === 'document';
    const how = move.how;
    const now = this.#machine.clock.now();
    const kinds: readonly ResultKind[] = ends === 'document-detect' ? ['signals'] : results;
    const subjects = isOfDocument ? [document] : kinds.includes('signals') ? book.documents : [undefined];
    for (const kind of kinds) {
      for (const one of subjects) {
        if (isOfDocument && one === undefined) return;
        const id = one === undefined ? book.uuid : idOf(one);
        // What has never been there is not edited.
        if ((book.facts.get(`${kind} ${id}`)?.version ?? 0) === 0) continue;
        compute(book, { kind, subject: id, isAnnounced: true }, how, now);
      }
    }
    this.deliver(book, document, move.event, move.delivering);
  }

  /** Ocrolus delivers an event about a book, or about one of its documents. */
  deliver(
    book: LifeBook,
    document: LifeDocument | undefined,
    event: string,
    { naming, copies, lateSeconds }: Delivering,
  ): void {
    const machine = this.#machine;
    const name = findEventName(event);
    if (name === undefined) return;
    const { subject, results, ends } = catalogEntry(name);
    const isAboutDocument = subject === 'document' && document !== undefined;
    const ids: EventIds = {};
    const mayLackBook = ends === 'document-detect' && isAboutDocument && document.uuid !== undefined;
    const by = naming.book === 'none' && !mayLackBook ? 'uuid' : naming.book;
    if (by === 'uuid' || by === 'both') ids.bookUuid = book.uuid;
    if (by === 'pk' || by === 'both') ids.bookPk = book.pk;
    if (isAboutDocument) {
      const isByPk = document.uuid === undefined || (naming.document === 'pk' && by !== 'none');
      if (!isByPk && document.uuid !== undefined) ids.uploadedDocUuid = document.uuid;
      if (isByPk || naming.document === 'both') ids.uploadedDocPk = document.pk;
    }
    if (subject === 'image-group') ids.imageGroupPk = '55';
    const account = naming.isWrongAccount
      ? (ACCOUNTS.find((one) => one !== book.account) ?? book.account)
      : book.account;
    const kinds = new Set(this.announcedOf(book));
    for (const kind of results) kinds.add(kind);
    this.#announced.set(book.uuid, kinds);
    for (let copy = 0; copy < copies; copy += 1) {
      this.#deliveries += 1;
      const receivedAt = new Date(machine.clock.now() + lateSeconds * (copy + 1) * 1000).toISOString();
      const envelope = delivery(event, ids, {
        receivedAt,
        account,
        deliveryId: `delivery-${this.#deliveries}`,
      });
      machine.acceptAt(envelope, Date.parse(receivedAt));
    }
  }
}
