import { type Book, type Document, listedDocuments } from '../state/book.ts';
import { dashless, typeOf } from './transactions.ts';

const DASHBOARD = 'https://dashboard.ocrolus.com/books';

const API = 'https://api.ocrolus.com';

/** Detect of a book or of one document: bare, same shape. */
export function detectBody(book: Book, documents: readonly Document[], withDashboardUrl: boolean): unknown {
  return {
    book_uuid: book.uuid,
    doc_analysis: documents.map((document) => analysis(book, document, withDashboardUrl)),
    ...(withDashboardUrl && { book_dashboard_url: `${DASHBOARD}/${book.uuid}` }),
  };
}

/** A document that is clean, pending or not processable has no `form_analysis` entries with signals. */
function analysis(book: Book, document: Document, withDashboardUrl: boolean) {
  return {
    uploaded_doc_uuid: document.uuid,
    uploaded_doc_type: detectTypeOf(document),
    mixed_uploaded_doc_uuid: document.mixed?.uuid ?? null,
    detect_status: detectStatus(document),
    form_analysis: isAnalysed(document) ? [formAnalysis(book, document, withDashboardUrl)] : [],
    is_image_based_pdf: document.imageGroup !== undefined,
  };
}

/** Of a document Detect tells three types; every form that is no pay stub is a FORM. */
function detectTypeOf({ kind }: Document): string {
  if (kind === 'bank-statement') return 'BANK_STATEMENT';
  return kind === 'pay-stub' ? 'PAYSTUB' : 'FORM';
}

function detectStatus(document: Document): string {
  if (document.status === 'DELETED') return 'DELETED';
  if (document.detect === 'pending') return 'PENDING';
  return document.detect === 'unable' ? 'UNABLE_TO_PROCESS' : 'COMPLETED';
}

function isAnalysed(document: Document): boolean {
  return document.detect === 'found' || document.detect === 'not_found';
}

function formAnalysis(book: Book, document: Document, withDashboardUrl: boolean) {
  const found = document.detect === 'found';
  return {
    form_type: typeOf(document),
    form_uuid: document.form.uuid,
    signals: found ? [signal] : [],
    visualizations: found ? [{ page_number: 1, page_visualizations: [visualization(document)] }] : [],
    ...(withDashboardUrl && {
      form_dashboard_url: `${DASHBOARD}/${book.uuid}?selectedUploadPks=${document.pk}&detectPaneOpen=True`,
    }),
    form_authenticity: {
      version: '1.0',
      score: found ? 41 : 97,
      reason_codes: found ? [reasonCode] : [],
      authenticity_status: found ? 'LOW' : 'HIGH',
    },
  };
}

const signal = {
  identifier: 'dollar_amount_edits',
  display_name: 'Dollar Amount Edits',
  signal_count: 1,
  page_number: 1,
  supporting_data: [
    {
      values: [
        { key: 'field_name', value: 'amount', data_type: 'str' },
        { key: 'tampered_text', value: '4,200.00', data_type: 'str' },
      ],
    },
  ],
};

const reasonCode = { code: '002-H', confidence: 'HIGH', description: 'amount edited' };

/** Every document with signals has one image, which wants a token like any other call. */
function visualization(document: Document) {
  return {
    visual_type: 'tamper_overview',
    display_name: 'Tamper Overview',
    description: 'Tampered fields are highlighted.',
    image_url: `${API}/v2/detect/visualization/${visualizationUuid(document)}`,
  };
}

/** Follows from that of the form, so that nothing more need be remembered. */
export function visualizationUuid({ form }: Document): string {
  return `${form.uuid.slice(0, 8)}-${form.uuid.slice(9, 13)}-5${form.uuid.slice(15)}`;
}

/** `response` of the older suspicious-activity flags: `book_uuid` without dashes, `doc_uuid` with. */
export function suspiciousActivityBody(book: Book): unknown {
  return {
    book_uuid: dashless(book.uuid),
    suspicious_activity_results: listedDocuments(book)
      .filter((document) => document.kind === 'bank-statement')
      .map((document, index) => ({
        form_uuid: document.form.uuid,
        form_type: { name: 'BANK_ACCOUNT' },
        account_type: 'CHECKING',
        flags: [
          {
            suspicious_activity_detected: book.suspicious && index === 0,
            reason: 'FILE_TAMPERING',
            suspicious_activity_location: {
              upload_origin: document.mixed === undefined ? 'PRE_IDENTIFIED' : 'MIXED',
              doc_uuid: document.docUuid,
              suspicious_activity_page_indexes: book.suspicious && index === 0 ? [0] : [],
            },
          },
        ],
      })),
  };
}
