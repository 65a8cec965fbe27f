import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { hashesOf, withParameters } from '../../../shared/ocrolus/parameters.ts';

const PARAMETERS = {
  'enriched-transactions': { include_pending_plaid_transactions: 'true' },
  'doc-form-data': { include_bboxes: 'true' },
};

test('a call has the parameters of its operation, beside its own', () => {
  const page = withParameters(calls.enrichedTransactionsFrom('b', 500), PARAMETERS);
  expect(page.query).toEqual({ offset: '500', limit: '500', include_pending_plaid_transactions: 'true' });
  expect(withParameters(calls.documentForms('d'), PARAMETERS).query).toEqual({
    doc_uuid: 'd',
    include_bboxes: 'true',
  });
  const other = calls.bookSummary('b');
  expect(withParameters(other, PARAMETERS)).toBe(other);
});

test('hashes differ with any parameter, and not with their order', () => {
  const turned = Object.fromEntries(Object.entries(PARAMETERS).toReversed());
  expect(hashesOf(turned)).toEqual(hashesOf(PARAMETERS));
  const others = { ...PARAMETERS, 'doc-form-data': { include_bboxes: 'false' } };
  expect(hashesOf(others).book).not.toBe(hashesOf(PARAMETERS).book);
  expect(hashesOf(others).document).not.toBe(hashesOf(PARAMETERS).document);
  expect(hashesOf({})).toEqual({ book: undefined, document: undefined });
  expect(hashesOf({ analytics: { extra_fields: 'a' } })).toMatchObject({ document: undefined });
});
