import { beforeAll, expect, test } from 'vitest';
import { field } from '../infra/local/ocrolus/testing/client.ts';
import { differences, shapeOf } from '../infra/local/ocrolus/vendor/shape.ts';
import { askForEverything } from './ask-for-everything.ts';
import { ANSWERS, ERRORS, OPERATIONS } from './documents.ts';

let found: readonly string[];

beforeAll(async () => {
  const answers = await askForEverything();
  const unasked = OPERATIONS.filter(({ operation }) => !answers.has(`${operation} 200`));
  found = [
    ...[...answers].flatMap(differencesOf),
    ...unasked.map((one) => `${one.operation}: is not answered`),
  ];
}, 60_000);

/** Ids, and quoted values, stand for any other. */
function masked(body: unknown): string {
  return JSON.stringify(Object.entries(Object(body)).sort(([a], [b]) => (a < b ? -1 : 1)))
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{uuid}')
    .replaceAll(/'[^']*'/g, "'{id}'");
}

/** An error is an example of the call, word for word; if none has its code, one of another call or of the error page. */
function isExample(operation: string, status: number, error: unknown): boolean {
  const examples = [...ANSWERS, ...ERRORS].filter((one) => one.status === status);
  const own = examples.filter(
    ({ of, body }) => of === operation && field(body, 'code') === field(error, 'code'),
  );
  return (own.length > 0 ? own : examples).some(({ body }) => masked(body) === masked(error));
}

/** The simulator's bodies have fewer members than the real ones; those that they have are of the same types. */
function differencesOf([key, bodies]: readonly [string, readonly unknown[]]): string[] {
  const [operation = '', status] = key.split(' ');
  const examples = ANSWERS.filter((one) => one.of === operation && one.status === Number(status));
  const found =
    Number(status) < 400
      ? differences(shapeOf(bodies), shapeOf(examples.map(({ body }) => body)), () => false)
      : bodies
          .filter((body) => !isExample(operation, Number(status), body))
          .map((body) => `code ${field(body, 'code')} is not in an example`);
  const others = found.filter((line) => !/ is (sometimes )?(missing|never shown)$/.test(line));
  return [...new Set(others)].map((line) => `${key}: ${line}`);
}

/** Intended differences between the simulated Ocrolus and the vendor's examples. Remove one when it no longer exists. */
const KNOWN_DIFFERENCES: readonly (readonly [difference: RegExp, reason: string])[] = [
  [
    /^book-status 200: .*mixed_uploaded_doc_pk is null|^transactions 200: .*mixed_uploaded_doc_(pk|uuid) is null/,
    'null for a document that was uploaded by itself; in the examples all were split',
  ],
  [
    /^book-list 200: .response( is object|\.)/,
    'with `limit` it is an object (OpenAPI 3.1.1, docs/ocrolus.md#book-list)',
  ],
  [
    /^webhook-configuration 200: .response.webhook_endpoint is null/,
    'null when none is set (OpenAPI 3.1.1, docs/ocrolus.md#account-level)',
  ],
  [
    /^test-org-webhook 200: /,
    'the id of the test (OpenAPI 3.1.1, docs/ocrolus.md#organization-level), not the sample',
  ],
  [
    /^async-analytics-result 200: .response\{\}.analytics is null/,
    'while the request is processed: only the completed one is documented',
  ],
  [
    /200: .*\.((simulated|analysis)_)?revision is not documented/,
    'counts changes, so that tests can tell one version of a result from the next',
  ],
  [/^analytics 400: code 9003/, 'on the status-code page (docs/ocrolus.md#error-codes)'],
  [/^risk-score 200: .feature_importance\./, 'names that the vendor adds to'],
  [
    /^risk-score 400: code 1200/,
    'refused credentials, as in other calls; here the only example is of the product',
  ],
  [/^test-webhook 400: code 1806/, 'no webhook to test, as observed (docs/ocrolus.md#account-level)'],
  [
    /^configure-webhook-secret-account-level 400: code 1003/,
    'on the status-code page (docs/ocrolus.md#error-codes)',
  ],
  [
    /^add-webhook 400: code 1000/,
    'the only example is of credentials; the texts of other faults are from the schema',
  ],
  [
    /^(create-(a-book|business)|vendor-auth|async-analytics-request|(book-form|form-field|doc-paystub|paystub)-data|list-book-copy-jobs|grant-authentication-token): is not answered/,
    'not asked here: the product does not ask for it, except for tokens',
  ],
];

test('the simulated Ocrolus answers as the examples do, except for the known differences', () => {
  expect(found.filter((line) => !KNOWN_DIFFERENCES.some(([known]) => known.test(line)))).toEqual([]);
});

test.each(KNOWN_DIFFERENCES)('%s is still a difference: %s', (difference) => {
  expect(found.filter((line) => difference.test(line))).not.toEqual([]);
});
