import type { Book, DetectOutcome, Document } from './book.ts';
import { bookOf, type Match } from './model.ts';
import { available, availableFile, partial, type Reply, refusal, withList } from './reply.ts';
import { isHopeless } from './versions.ts';

/*
 * Detect: bare bodies. A document's part of the answer is the same text in its own answer and in the book's, so that
 * either can be compared byte by byte.
 */

export function bookSignals(match: Match): Reply {
  const book = bookOf(match);
  const analysed = book.documents.filter((document) => signalsText(document) !== '');
  const body = signalsBody(book, analysed.map(signalsText).join(','), book.signals.revision);
  return analysed.some(isPendingNow) ? partial(body, 'notYet') : available(body);
}

/** Detect is processing the document, and will finish it. */
function isPendingNow({ detect, detectOutcome, status }: Document): boolean {
  return detect === 'PENDING' && detectOutcome !== 'pending' && status !== 'DELETING' && status !== 'DELETED';
}

/** This path takes the uuid of the upload; its alias also takes the `doc_uuid` of a part of a split upload. */
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
  return refusal(404, { message: `Uploaded doc not found: '${id}'` });
}

function willBeAnalysed({ detectOutcome, outcome, status, book }: Document): boolean {
  if (!endsDetect(detectOutcome) || isHopeless(book)) return false;
  if (status === 'DELETING' || status === 'DELETED') return false;
  return outcome === 'VERIFICATION_COMPLETE' || outcome === 'COMPLETED';
}

/** Detect will finish such a document. */
export function endsDetect(outcome: DetectOutcome): boolean {
  return outcome !== 'absent' && outcome !== 'pending';
}

function signalsBody({ uuid }: Book, analyses: string, revision: number): string {
  const book_dashboard_url = `https://dashboard.ocrolus.com/books/${uuid}`;
  return withList({ book_uuid: uuid }, 'doc_analysis', analyses, {
    book_dashboard_url,
    simulated_revision: revision,
  });
}

/** Empty where the answers leave the document out. */
export function signalsText(document: Document): string {
  document.signalsText ??= makeSignalsText(document);
  return document.signalsText;
}

function makeSignalsText(document: Document): string {
  const { uuid, kind, formType, status, detect, detectOutcome, signals, isListed, imageGroup } = document;
  if (detect === 'ABSENT' || !isListed) return '';
  const isDeleted = status === 'DELETED' || status === 'DELETING';
  const isFound = detectOutcome === 'found';
  const form = {
    form_type: kind === 'form' ? formType : TYPES[kind],
    signals: isFound ? [SIGNAL] : [],
    visualizations: isFound ? [{ page_number: 1, page_visualizations: [imageOf(uuid)] }] : [],
    form_authenticity: { version: '1.0', score: isFound ? 41 : 97, reason_codes: [] },
  };
  return JSON.stringify({
    uploaded_doc_uuid: uuid,
    uploaded_doc_type: TYPES[kind],
    detect_status: isDeleted ? 'DELETED' : detect,
    form_analysis: detect === 'COMPLETED' && !isDeleted ? [form] : [],
    is_image_based_pdf: imageGroup !== undefined,
    analysis_revision: signals.revision,
  });
}

/** The one image of a document has the document's uuid. */
function imageOf(uuid: string) {
  return {
    visual_type: 'tamper_overview',
    display_name: 'Tamper Overview',
    image_url: `https://api.ocrolus.com/v2/detect/visualization/${uuid}`,
  };
}

export const NO_IMAGE = refusal(404, { message: 'Visualization uuid not found' });

/** A picture of one pixel, with the uuid as its comment: GIF has no checksums (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). */
export function visualization({ document, id }: Match): Reply {
  if (document === undefined || document.detectOutcome !== 'found' || document.detect !== 'COMPLETED')
    return NO_IMAGE;
  const size = [1, 0, 1, 0];
  const comment = [0x21, 0xfe, id.length, ...Buffer.from(id), 0];
  const pixel = [0x2c, 0, 0, 0, 0, ...size, 0, 2, 2, 0x44, 1, 0];
  const colors = [0, 0, 0, 0xff, 0xff, 0xff];
  const bytes = [...Buffer.from('GIF89a'), ...size, 0x80, 0, 0, ...colors, ...comment, ...pixel, 0x3b];
  return availableFile(Buffer.from(bytes), 'image/gif');
}

const TYPES = { 'bank-statement': 'BANK_STATEMENT', 'pay-stub': 'PAYSTUB', form: 'FORM' } as const;
const SIGNAL = {
  identifier: 'dollar_amount_edits',
  display_name: 'Dollar Amount Edits',
  signal_count: 1,
};
