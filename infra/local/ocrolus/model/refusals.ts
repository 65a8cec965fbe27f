import { type Reply, type ReplyState, refusal, v1Refusal } from './reply.ts';

type TwoSpellings = readonly [Reply, Reply];

const NOT_READY = 'Analytics are still being processed, please check back momentari';

/**
 * The answers that do not depend on a book, ready-made (docs/ocrolus.md#envelopes).
 *
 * @param asOk errors with a status in the body come with HTTP 200.
 */
export function createRefusals(asOk: boolean) {
  const http = (status: number) => (asOk ? 200 : status);
  const v1 = (code: number, message: string, state?: ReplyState): Reply => ({
    ...v1Refusal(code, message, 400, state),
    status: http(400),
  });
  const v2 = (status: number, code: number, message: string, state?: ReplyState) =>
    refusal(http(status), { status, code, message }, state);
  // One spelling has the code 9004, the other has none.
  const notReady = (state: ReplyState): TwoSpellings => [
    v2(425, 9004, NOT_READY, state),
    refusal(425, { status: 425, message: NOT_READY }, state),
  ];
  const tooMany: TwoSpellings = [
    v2(422, 1100, 'Book transaction limit exceeded', 'asynchronous'),
    v2(400, 1100, 'Book summary cannot be generated for these many transactions', 'asynchronous'),
  ];
  return {
    missing: v1(1103, 'Required pk or book uuid'),
    bookNotFound: v1(1401, 'Book not found'),
    bookForbidden: v1(2102, 'No permission to access this book'),
    documentNotFound: v1(1501, 'Document not found'),
    documentForbidden: v1(2104, 'No permission to access this doc'),
    objectNotFound: v1(2301, 'DB Object Not Found'),
    documentsPending: v1(1404, 'Book containing documents pending verification', 'notYet'),
    mixedPending: v1(1511, 'Mixed document is pending classification.', 'notYet'),
    notStatementsV1: v1(
      9003,
      'Analytics (JSON) can only process analytics for bank statements',
      'unavailable',
    ),
    unknownPath: refusal(200, { status: 400, code: 404 }),
    analyticsNotFound: v2(404, 1401, 'Book not found'),
    analyticsForbidden: v2(403, 2102, 'No permission to access this book'),
    notReady: notReady('notYet'),
    neverReady: notReady('neverReady'),
    noTransactions: v2(404, 9006, 'No transactions found in the book', 'unavailable'),
    unsupported: v2(400, 9002, 'Analytics is not supported for this type of case.', 'unavailable'),
    notStatements: v2(400, 9003, 'Analytics can only process analytics for bank statements', 'unavailable'),
    tooLong: v2(400, 9001, 'Analytics took too long', 'slow'),
    tooMany,
    detectBookNotFound: refusal(404, { message: 'Book not found' }),
    detectForbidden: refusal(403, { message: 'Unauthorized' }),
    incomeNotFound: refusal(404, { error: 'Book not found' }),
    unauthorized: [
      refusal(401, { message: 'Unauthorized' }),
      refusal(401, { status: 401, message: 'Provide or refresh your OAuth bearer token.' }),
      v1(1200, 'Authentication failed'),
      v1(1202, 'Invalid access token'),
    ],
  };
}

export type Refusals = ReturnType<typeof createRefusals>;

/** A product that the contract lacks. */
export const FORBIDDEN: Reply = refusal(403, { message: 'Forbidden' });

/** @param n any whole number from 0. */
export function spelling(spellings: TwoSpellings, n: number): Reply {
  return spellings[n % 2 === 0 ? 0 : 1];
}
