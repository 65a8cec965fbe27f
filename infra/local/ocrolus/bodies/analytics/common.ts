import { type Book, statements } from '../../state/book.ts';
import { uploadedDocuments } from '../book.ts';

/** What every answer of the analyze family says of the book's documents. */
export function documentCounts(book: Book) {
  const processed = book.documents.filter((document) => document.status === 'VERIFICATION_COMPLETE');
  return {
    number_of_docs_in_book: book.documents.length,
    number_of_docs_processed: processed.length,
    uploaded_docs: uploadedDocuments(book),
  };
}

export function riskScoreBody(book: Book): unknown {
  return {
    book_uuid: book.uuid,
    proba_default: 0.17,
    feature_importance: { credit_avg_3m: 0.08, debit_cv_3m: -0.02, base: -0.9 },
    model_version: 'simulated/20260101_000000',
    error: null,
  };
}

/** Rows of the whole book: above 100,000 only a job will do. */
export function transactionCount(book: Book): number {
  return statements(book).reduce((sum, document) => sum + document.transactions, 0);
}
