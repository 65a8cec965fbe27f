import type { Document } from './book.ts';
import { bookOf, type Match } from './model.ts';
import { available, integer, type Reply, v1, v1Text, withList } from './reply.ts';
import { isCaptured, isFinished } from './versions.ts';

/*
 * Answers about what Ocrolus has read: forms, transactions, pay stubs, classification. Only the fields that are used, and
 * a few more; every body has a revision.
 */

/** Bank statements and pay stubs have no forms here; nor has a rejected document. */
export function forms({ account, document, now }: Match): Reply {
  if (document === undefined) throw new Error('no document');
  const pending = pendingReply(document, now);
  if (pending !== undefined) return account.refusals[pending];
  const { uuid, kind, formType: form_type, revision } = document;
  const pk = integer(document.pk);
  const name = { value: 'NORA QUILLFEATHER', is_empty: false, confidence: 1 };
  const raw_fields = { 'w2-Part1:name': name };
  const form = { pk, uuid, form_type, form_config_pk: 216_942, tables: [], raw_fields };
  const list = kind === 'form' && isCaptured(document) ? [form] : [];
  return available(v1({ pk, uuid, forms: list, simulated_revision: revision }));
}

/** Transactions of one document, or of the whole book. */
export function transactions(match: Match): Reply {
  const { account, document, now } = match;
  const book = bookOf(match);
  const { refusals, habits } = account;
  const needsBook = document === undefined || habits.transactionsWaitForBook === true;
  if (needsBook && book.working > 0) return refusals.documentsPending;
  if (document !== undefined) {
    const pending = pendingReply(document, now);
    if (pending !== undefined) return refusals[pending];
  }
  const { pk, uuid } = document ?? book;
  const rows = document !== undefined && isCaptured(document) ? document.rows : 0;
  const tail = {
    bank_accounts: { [pk]: { account_number: '40123456789', account_holder: 'NORA QUILLFEATHER' } },
    uploaded_docs: { [pk]: { pk: integer(pk), uuid: uuid.replaceAll('-', '') } },
    simulated_revision: (document ?? book.statements).revision,
  };
  return available(v1Text(withList({}, 'txns', transactionRows(rows), tail)));
}

const rowTexts: string[] = [''];

/** The first `count` rows; the same for every statement. */
function transactionRows(count: number): string {
  for (let n = rowTexts.length; n <= count; n += 1) {
    const [pk, amount, description] = [357_303_000 + n, `-${n}.35`, `ACH ${n}`];
    const row = JSON.stringify({ pk, amount, txn_date: '09/10/2025', description });
    rowTexts.push(n === 1 ? row : `${rowTexts[n - 1]},${row}`);
  }
  return rowTexts[count] ?? '';
}

function pendingReply(document: Document, now: number): 'mixedPending' | 'documentsPending' | undefined {
  if (isFinished(document) && now >= document.resultsFrom) return undefined;
  const isUnsplit = document.mixed?.status === 'PROCESSING' || document.mixed?.status === 'QUEUED';
  return isUnsplit ? 'mixedPending' : 'documentsPending';
}

/** Every pay stub of the book in the v1 envelope; `response` is an array. */
export function payStubs(match: Match): Reply {
  const book = bookOf(match);
  if (book.working > 0) return match.account.refusals.documentsPending;
  const stubs = book.documents
    .filter((document) => document.kind === 'pay-stub' && document.isListed && isCaptured(document))
    .map(({ uuid, docUuid, revision }) => ({
      uuid,
      book_uuid: book.uuid,
      doc_uuid: docUuid,
      status: 'COMPLETED',
      employee: { name: 'NORA QUILLFEATHER' },
      revision,
    }));
  return available({ ...v1(stubs), simulated_revision: book.paystubs.revision });
}

/** Not there until everything in the book is classified. */
export function classification(match: Match): Reply {
  const book = bookOf(match);
  if (!book.isClassified) {
    const isUnsplit = book.mixed.some(({ status }) => status === 'QUEUED' || status === 'PROCESSING');
    const { mixedPending, documentsPending } = match.account.refusals;
    return isUnsplit ? mixedPending : documentsPending;
  }
  const form = { form_type: { name: 'W2' }, upload_details: { confidence: '0.98' } };
  const { revision } = book.classification;
  return available(v1({ book_uuid: book.uuid, forms: [form], simulated_revision: revision }));
}
