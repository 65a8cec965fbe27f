import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedDelivery } from '../../ocrolus/life/script.ts';
import type { Kind } from '../../ocrolus/profile.ts';
import type { DocumentTruth } from '../../ocrolus/truth.ts';
import type { Core } from '../../system/core.ts';
import type { ExcuseName } from '../excuses.ts';
import { isFresh, storedResult } from '../final/stored.ts';
import { type Announcement, announcementsOf, isBookVerified, namedId } from '../vendor/announcements.ts';
import {
  CAPTURE_KINDS,
  DERIVED_KINDS,
  hasResults,
  isCaptured,
  isDocumentKind,
  wantedOf,
} from '../vendor/results.ts';
import type { Watch } from '../watch.ts';

/** Something that says that one result of a book is there, or may be new. */
export interface Naming {
  readonly bookUuid: string;
  readonly kind: Kind;
  readonly subject: string;
  /** Unix milliseconds: when the webhook accepted it. */
  readonly at: number;
  /** Ocrolus had it then: this one or a later one must be fetched. */
  readonly revision: number;
  /** A result that is stored must be fetched again. */
  readonly isNew: boolean;
  /** The event, for what is printed. */
  readonly by: string;
  /** The ledger's key of a delivery that named no book. */
  readonly withoutBook: string | undefined;
}

/** The stage has wanted it, and wants it, of a document or book that still has such results. */
export function isStillWanted(
  { core, now, deployments }: Watch,
  { bookUuid, kind, subject, at }: Naming,
): boolean {
  const { status, bookClass } = core.ocrolus.outline(bookUuid);
  const policies = [at, now()].map((time) => wantedOf(kind, bookClass, deployments.at(time).stage));
  if (status === 'DELETED' || policies.includes('never')) return false;
  const document = core.ocrolus.document(subject);
  if (document === undefined) return true;
  return document.listed && (!isDocumentKind(kind) || hasResults(document.status));
}

/** Corrections in place are looked for in so many documents (docs/design.md#who-marks). */
const MOST_CORRECTED = 50;

/** What accepted events, and answers about documents, have said about results. */
export class NamedResults {
  /** By book, then by kind and subject: the latest one, and the latest one that asks for a stored result again. */
  readonly #byBook = new Map<string, Map<string, { latest: Naming; newest: Naming | undefined }>>();
  /** By book: why its latest event about the end of capture names nothing. */
  readonly #unnamed = new Map<string, { readonly at: number; readonly excuse: ExcuseName }>();
  readonly #core: Core;
  readonly #watch: Watch;

  constructor(watch: Watch) {
    this.#core = watch.core;
    this.#watch = watch;
  }

  /** @param ledgerKey of the accepted delivery. @returns what it names. */
  accept({ bookUuid, eventName, body, subject }: SimulatedDelivery, ledgerKey: string): Naming[] {
    if (bookUuid === undefined) return [];
    const names: Naming[] = [];
    // One with the pk only waits, too, while Ocrolus does not tell which book that is.
    const hasBook = body.includes('"book_uuid"');
    const add = (kind: Kind, of: string, isNew: boolean) => {
      const naming = this.#naming(bookUuid, { kind, subject: of, isNew, by: eventName });
      names.push(hasBook ? naming : { ...naming, withoutBook: ledgerKey });
    };
    for (const { kinds, of, isNew } of announcementsOf(eventName, body)) {
      for (const one of this.#subjects(bookUuid, of, body, subject))
        for (const kind of kinds) {
          add(kind, one, isNew);
          if (kind === 'income') add(kind, `${bookUuid}@summary`, isNew);
        }
    }
    if (isBookVerified(eventName)) for (const [kind, of] of this.#corrected(bookUuid)) add(kind, of, true);
    for (const naming of names) this.#record(naming);
    return names;
  }

  /** The answer about a document has changed, and so what is computed from it. */
  derive(bookUuid: string, kinds: readonly Kind[], by: string): Naming[] {
    const subjects = (kind: Kind) => (kind === 'income' ? [bookUuid, `${bookUuid}@summary`] : [bookUuid]);
    const names = kinds.flatMap((kind) =>
      subjects(kind).map((subject) => this.#naming(bookUuid, { kind, subject, isNew: true, by })),
    );
    for (const naming of names) this.#record(naming);
    return names;
  }

  /** The latest naming of a result, by any event. */
  latest(bookUuid: string, kind: Kind, subject: string): Naming | undefined {
    return this.#counted(this.#of(bookUuid, kind, subject)?.latest);
  }

  /** An event whose message was processed while its book could not be read has left no trace. */
  #counted(naming: Naming | undefined): Naming | undefined {
    const isLost = naming !== undefined && this.#watch.exemptions.wasDamaged(naming.bookUuid, naming.at);
    return isLost ? undefined : naming;
  }

  /** When a result was last named by an event that asks for it again; 0 for never. */
  newestAt(bookUuid: string, kind: Kind, subject: string): number {
    return this.newest(bookUuid, kind, subject)?.at ?? 0;
  }

  /** The latest naming of a result by an event that asks for it again. */
  newest(bookUuid: string, kind: Kind, subject: string): Naming | undefined {
    return this.#counted(this.#of(bookUuid, kind, subject)?.newest);
  }

  /** Why an event about the end of capture, accepted since then, did not ask for the documents again. */
  unnamedSince(bookUuid: string, time: number): ExcuseName | undefined {
    const unnamed = this.#unnamed.get(bookUuid);
    return unnamed !== undefined && unnamed.at >= time ? unnamed.excuse : undefined;
  }

  #naming(bookUuid: string, named: Pick<Naming, 'kind' | 'subject' | 'isNew' | 'by'>): Naming {
    const { ocrolus, simulation } = this.#core;
    const current = ocrolus.revision(bookUuid, named.kind, named.subject);
    const revision = named.isNew ? current : Math.min(1, current);
    return { ...named, bookUuid, at: simulation.scheduler.now(), revision, withoutBook: undefined };
  }

  #record(naming: Naming): void {
    const { bookUuid, kind, subject, isNew } = naming;
    let ofBook = this.#byBook.get(bookUuid);
    if (ofBook === undefined) {
      ofBook = new Map();
      this.#byBook.set(bookUuid, ofBook);
    }
    const key = `${kind} ${subject}`;
    const newest = isNew ? naming : ofBook.get(key)?.newest;
    ofBook.set(key, { latest: naming, newest });
  }

  #of(bookUuid: string, kind: Kind, subject: string) {
    return this.#byBook.get(bookUuid)?.get(`${kind} ${subject}`);
  }

  /** Of what. The documents of a book are wanted anyway, so naming all of them says nothing. */
  #subjects(
    bookUuid: string,
    of: Announcement['of'],
    body: string,
    subject: string | undefined,
  ): readonly string[] {
    switch (of) {
      case 'book':
        return [bookUuid];
      case 'documents':
        return [];
      case 'document':
        return subject === undefined ? [] : [subject];
      case 'image-group':
        return this.#core.ocrolus
          .documents(bookUuid)
          .filter(({ imageGroup }) => imageGroup !== undefined && imageGroup === subject)
          .map(({ uuid }) => uuid);
      case 'request':
        return [namedId(of, body) ?? bookUuid];
      case 'business': {
        const id = namedId(of, body);
        return id === undefined ? [] : [id];
      }
    }
  }

  /** The results of documents that were corrected in place, where the end of capture is announced again. */
  #corrected(bookUuid: string): (readonly [Kind, string])[] {
    const { ocrolus, simulation } = this.#core;
    const at = simulation.scheduler.now();
    const meaning = this.#watch.written.announceVerified(bookUuid);
    if (meaning === 'first') return [];
    // Book status lists the PDFs that were split, too.
    const documents = ocrolus.truth(bookUuid).documents.filter(({ listed }) => listed);
    const excuse = this.#excuseOf(bookUuid, meaning, documents);
    if (excuse !== undefined) {
      this.#unnamed.set(bookUuid, { at, excuse });
      return [];
    }
    const { behind } = ocrolus.outline(bookUuid);
    return documents
      .filter(isCaptured)
      .filter(({ statusAt }) => at >= behind.until || statusAt < behind.since)
      .flatMap(({ uuid, revision }) =>
        CAPTURE_KINDS.filter((kind) => !isFresh(this.#core, { bookUuid, kind, subject: uuid, revision })).map(
          (kind) => [kind, uuid] as const,
        ),
      );
  }

  /** Why an event that may be about a correction is not taken for one. @param documents those that Book status lists. */
  #excuseOf(
    bookUuid: string,
    meaning: 'repetition' | 'correction',
    documents: readonly DocumentTruth[],
  ): ExcuseName | undefined {
    if (meaning === 'repetition') return 'verified-again-at-once';
    if (documents.length > MOST_CORRECTED) return 'many-corrected-documents';
    const { table } = this.#core;
    const storedStatus = (uuid: string) => table.peek({ bookId: bookUuid, item: `DOC#${uuid}` })?.status;
    const isOther = documents.some(({ uuid, status }) => storedStatus(uuid) !== status);
    return isOther ? 'verified-for-another-change' : undefined;
  }
}

/**
 * A document of a finished book was corrected, as its new body shows: what is computed from it must be fetched again, as
 * far as the stage wants it or it is stored (docs/design.md#who-marks).
 */
export function checkDerived({ key, before, after }: Change, watch: Watch, named: NamedResults): Naming[] {
  const { bookId, item } = key;
  const isOfDocument = item.startsWith('RESULT#forms#') || item.startsWith('RESULT#transactions#');
  if (!isOfDocument || before === undefined || after === undefined || before.sha256 === after.sha256)
    return [];
  const { core, deployments } = watch;
  const book = core.table.peek({ bookId, item: 'BOOK' });
  if (book?.status !== 'VERIFIED' || core.forgotten.has(bookId)) return [];
  const { status, bookClass } = core.ocrolus.outline(bookId);
  if (status !== 'VERIFIED') return [];
  const kinds = DERIVED_KINDS.filter((kind) => {
    const wanted = wantedOf(kind, bookClass, deployments.current.stage);
    const isStored = storedResult(core, bookId, kind, bookId) !== undefined;
    return wanted === 'always' || (wanted === 'announced' && isStored);
  });
  return named.derive(bookId, kinds, `a correction of ${item.split('#')[2]}`);
}
