import type { Book, DetectOutcome, Document } from './book.ts';
import { bookOf, type Match } from './model.ts';
import { available, partial, type Reply, refusal } from './reply.ts';
import { isHopeless } from './versions.ts';

/*
 * Detect: bare bodies. A document's part of the answer is the same text in its own answer and in the book's, so that
 * either can be compared byte by byte.
 */

export function bookSignals(match: Match): Reply {
  const book = bookOf(match);
  let analyses = '';
  let isPending = false;
  for (const document of book.documents) {
    const text = signalsText(document);
    if (text === '') continue;
    isPending ||= isPendingNow(document);
    analyses += analyses === '' ? text : `,${text}`;
  }
  const body = signalsBody(book, analyses, book.signals.revision);
  return isPending ? partial(body, 'notYet') : available(body);
}

/** Detect is processing it, and will finish. */
function isPendingNow({ detect, detectOutcome, status }: Document): boolean {
  return detect === 'PENDING' && detectOutcome !== 'pending' && status !== 'DELETING' && status !== 'DELETED';
}

/** By the uuid of the upload; the alias also takes the `doc_uuid` of a part of a split upload. */
export function documentSignals({ document, id }: Match): Reply {
  if (document === undefined) return uploadNotFound(id);
  const { book, detect, detectOutcome, signals } = document;
  const text = signalsText(document);
  if (text === '') {
    const state = willBeAnalysed(document) ? 'notYet' : 'neverReady';
    // Two ways to say that there is no analysis of it.
    if (document.book.hash % 2 === 0) return { ...uploadNotFound(document.uuid), state };
    return partial(signalsBody(book, '', signals.revision), state);
  }
  const body = signalsBody(book, text, signals.revision);
  if (detect !== 'PENDING') return available(body);
  return partial(body, detectOutcome === 'pending' ? 'neverReady' : 'notYet');
}

export function uploadNotFound(id: string): Reply {
  return refusal(404, `{"message":"Uploaded doc not found: '${id}'"}`);
}

function willBeAnalysed({ detectOutcome, outcome, status, book }: Document): boolean {
  if (!endsDetect(detectOutcome) || isHopeless(book)) return false;
  if (status === 'DELETING' || status === 'DELETED') return false;
  return outcome === 'VERIFICATION_COMPLETE' || outcome === 'COMPLETED';
}

/** Whether Detect will come to an end with a document. */
export function endsDetect(outcome: DetectOutcome): boolean {
  return outcome !== 'absent' && outcome !== 'pending';
}

function signalsBody(book: Book, analyses: string, revision: number): string {
  return `{"book_uuid":"${book.uuid}","doc_analysis":[${analyses}],"book_dashboard_url":"https://dashboard.ocrolus.com/books/${book.uuid}","simulated_revision":${revision}}`;
}

/** Empty where the answers leave the document out. */
export function signalsText(document: Document): string {
  document.signalsText ??= makeSignalsText(document);
  return document.signalsText;
}

function makeSignalsText(document: Document): string {
  const { uuid, kind, status, detect, detectOutcome, signals, isListed, imageGroup } = document;
  if (detect === 'ABSENT' || !isListed) return '';
  const type = kind === 'bank-statement' ? 'BANK_STATEMENT' : kind === 'pay-stub' ? 'PAYSTUB' : 'FORM';
  const formType = type === 'FORM' ? 'W2' : type;
  const state = status === 'DELETED' || status === 'DELETING' ? 'DELETED' : detect;
  const found = detectOutcome === 'found';
  const signal = '{"identifier":"dollar_amount_edits","display_name":"Dollar Amount Edits","signal_count":1}';
  const form = `{"form_type":"${formType}","signals":[${found ? signal : ''}],"form_authenticity":{"version":"1.0","score":${found ? 41 : 97}}}`;
  return `{"uploaded_doc_uuid":"${uuid}","uploaded_doc_type":"${type}","detect_status":"${state}","form_analysis":[${state === 'COMPLETED' ? form : ''}],"is_image_based_pdf":${imageGroup !== undefined},"analysis_revision":${signals.revision}}`;
}
