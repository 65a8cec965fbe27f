import { z } from 'zod';
import { RESULT_KINDS, type ResultKind } from '../../shared/events/result-kinds.ts';
import type { Reader } from '../../shared/store/reader.ts';
import type { PlayedBook } from './played/played-book.ts';
import { availableBody } from './played/played-ocrolus.ts';

const Rows = z.object({ enriched_transactions: z.array(z.unknown()) });
const Signals = z.object({
  doc_analysis: z.array(z.object({ uploaded_doc_uuid: z.string(), detect_status: z.string() })),
  revision: z.number(),
});

/**
 * What is stored of a result: its body, parsed, or the rows of all its pages.
 *
 * @param name `kind`, or `kind#subject`.
 */
export async function storedResult(reader: Reader, bookId: string, name: string): Promise<unknown> {
  const [kind, subject] = kindOf(name);
  if (kind === 'enriched-transactions') {
    const pages = (await reader.resultPages(bookId, kind)) ?? [];
    return pages.flatMap((page) => rowsOf(page.toString()));
  }
  const body = await reader.resultBody(bookId, kind, subject ?? bookId);
  return body === undefined ? undefined : JSON.parse(body.toString());
}

/** The same of what Ocrolus has. */
export function availableResult(book: PlayedBook, name: string): unknown {
  const body = availableBody(book, name);
  return kindOf(name)[0] === 'enriched-transactions' ? rowsOf(body) : JSON.parse(body);
}

function kindOf(name: string): readonly [kind: ResultKind, subject: string | undefined] {
  const [first, subject] = name.split('#');
  const kind = RESULT_KINDS.find((one) => one === first);
  if (kind === undefined) throw new Error(`${first} is no kind of result`);
  return [kind, subject];
}

function rowsOf(body: string): unknown[] {
  return Rows.parse(JSON.parse(body)).enriched_transactions;
}

/** The latest revision of Detect's answers, of the book or of one document, that says so of a document. */
export async function signalsRevision(
  reader: Reader,
  bookId: string,
  { docUuid, state }: { readonly docUuid: string; readonly state: string },
): Promise<number | undefined> {
  const stored = (await reader.results(bookId)).filter(({ kind }) => kind === 'signals');
  let latest: number | undefined;
  for (const { subject } of stored) {
    const body = await reader.resultBody(bookId, 'signals', subject);
    const { doc_analysis, revision } = Signals.parse(JSON.parse(body?.toString() ?? ''));
    const saysSo = doc_analysis.some(
      ({ uploaded_doc_uuid, detect_status }) => uploaded_doc_uuid === docUuid && detect_status === state,
    );
    if (saysSo) latest = Math.max(latest ?? 0, revision);
  }
  return latest;
}
