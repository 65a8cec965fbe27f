import { PAGE_ROWS } from './journal.ts';
import type { Book, BookStatus, DetectOutcome, Document, DocumentStatus, Kind } from './model/book.ts';
import { peek } from './model/calls.ts';
import type { Model } from './model/model.ts';
import { resultsOf, sourceOf } from './model/results.ts';

export interface DocumentTruth extends Pick<Document, 'uuid' | 'pk' | 'docUuid' | 'name'> {
  readonly status: DocumentStatus;
  readonly rejectionReason: string | undefined;
  readonly detect: DetectOutcome;
}

/** What one call is answered now, without faults and limits. */
export interface ResultAnswer {
  readonly kind: Kind;
  /**
   * The uuid of the book, document or business, or the id of a request; `<uuid>@summary` for the income summary, and
   * `<uuid>@<offset>` for a further page of enriched transactions.
   */
  readonly subject: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
  readonly body: Buffer;
}

/** The truth about a book. */
export interface Truth {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly name: string;
  readonly status: BookStatus;
  readonly analyticsReady: boolean;
  readonly documents: readonly DocumentTruth[];
  readonly results: readonly ResultAnswer[];
  /** The answer for a result, of the book where no other subject is given. @throws Error when there is no such result. */
  body(kind: Kind, subject?: string): Buffer;
}

export function truthOf(model: Model, book: Book): Truth {
  const { uuid, pk, name, status, analytics } = book;
  const results = [...resultsOf(book)].flatMap(([kind, subject]): ResultAnswer[] => {
    const source = sourceOf(model, book, kind, subject);
    if (source === undefined) return [];
    const answerTo = (target: string, id = subject): ResultAnswer => {
      const { status, body } = peek(model, book, target);
      return { kind, subject: id, target, status, body: Buffer.from(body) };
    };
    if (kind !== 'enriched-transactions') return [answerTo(source.target)];
    const pages = Array.from(
      { length: Math.max(1, Math.ceil(analytics.rows / PAGE_ROWS)) },
      (_, n) => n * PAGE_ROWS,
    );
    return pages.map((offset) => {
      const target = `${source.target}?limit=${PAGE_ROWS}`;
      return offset === 0 ? answerTo(target) : answerTo(`${target}&offset=${offset}`, `${uuid}@${offset}`);
    });
  });
  return {
    bookUuid: uuid,
    bookPk: pk,
    name,
    status,
    analyticsReady: analytics.isReady,
    documents: book.documents.map((document) => ({
      uuid: document.uuid,
      pk: document.pk,
      docUuid: document.docUuid,
      name: document.name,
      status: document.status,
      rejectionReason: document.status === 'REJECTED' ? document.rejectionReason : undefined,
      detect: detectOf(document),
    })),
    results,
    body(kind, subject = uuid) {
      const found = results.find((result) => result.kind === kind && result.subject === subject);
      if (found === undefined) throw new Error(`no ${kind} of ${subject} in book ${uuid}`);
      return found.body;
    },
  };
}

/** What Detect has found. */
export function detectOf({ detect, detectOutcome }: Document): DetectOutcome {
  return detect === 'PENDING' || detect === 'ABSENT' ? 'pending' : detectOutcome;
}
