import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PLAIN } from '../../../infra/command-line/screen.ts';
import { parseSettings } from '../../../infra/config/load.ts';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/simulator.ts';
import { accessFor } from '../../../infra/ops/doctor/probe/ask.ts';
import { probe } from '../../../infra/ops/doctor/probe/probe.ts';
import { openNetworkPorts } from '../../../shared/ports.ts';
import { unknownPaths } from '../local/ocrolus/testing/client.ts';
import { fakeTarget } from './fake-target.ts';

interface Document {
  readonly healthy: boolean;
  readonly checks: readonly { readonly name: string; readonly state: string; readonly found: string }[];
  readonly book?: string;
  readonly kinds?: readonly {
    readonly kind: string;
    readonly answer: string;
    readonly code: string | null;
  }[];
  readonly results?: object;
  readonly setting?: string | null;
}

interface Hindrance {
  readonly clientSecret?: string;
  readonly isForbidden?: boolean;
}

const RATES = { requestsPerSecond: 10_000, heavyRequestsPerSecond: 10_000 };

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator(RATES);
});
afterEach(() => simulator.close());

/** A book that has come to its end, with income. */
async function finishedBook() {
  const book = simulator.addBook({ name: 'Jane Borrower', documents: [{ name: 'january.pdf' }] });
  while ((await simulator.step(book.uuid)?.announced) !== undefined);
  await simulator.change({ do: 'calculate-income', book: book.uuid });
  await simulator.change({ do: 'start-business', book: book.uuid, id: BUSINESS });
  return book;
}

async function ask(book?: string, clientSecret = 'simulator-client-secret') {
  const credentials = { clientId: 'simulator-client', clientSecret };
  const access = { apiUrl: simulator.url, authUrl: simulator.url, tokenFormat: undefined };
  const ports = { ...openNetworkPorts(), wait: async () => {} };
  const output = await probe({ ...access, audience: undefined, credentials }, book, PLAIN, ports);
  if ('stream' in output) throw new Error('it is a stream');
  return { ...output, document: output.document as Document };
}

const answersOf = ({ kinds = [] }: Document) =>
  Object.fromEntries(kinds.map(({ kind, answer }) => [kind, answer]));

const REJECTED = '1d0c1f0e-53f1-4d63-8c1f-9a1f3f1b8a01';
const BUSINESS = '3d0c1f0e-53f1-4d63-8c1f-9a1f3f1b8a03';
const VERIFIED = '2d0c1f0e-53f1-4d63-8c1f-9a1f3f1b8a02';

describe('a first contact', () => {
  it('asks for each kind, and suggests what else could be fetched', async () => {
    const { uuid } = await finishedBook();
    const { document, text, isProblem } = await ask();
    expect(isProblem).toBe(false);
    expect(document.checks.map(({ name, state }) => [name, state])).toEqual([
      ['token', 'ok'],
      ['book list', 'ok'],
      ['book', 'ok'],
      ['results', 'ok'],
    ]);
    expect(document.book).toBe(uuid);
    expect(new Set(Object.values(answersOf(document)))).toEqual(new Set(['ok']));
    expect(Object.keys(answersOf(document))).toHaveLength(16);
    expect(document.results).toEqual({ 'risk-score': 'always', 'bank-statement-income': 'always' });
    expect(text).toContain("  'risk-score': 'always', // 200: available");
    // Files cost storage.
    expect(text).toMatch(/original .* available, a file: not fetched unless you ask for it/);
    // A stage accepts the setting.
    const settings = parseSettings({ stage: 'prod', results: document.results });
    expect(settings.results).toEqual(document.results);
  });

  it('asks about a document that has results', async () => {
    const documents = [{ uuid: REJECTED, rejection: 'DOCUMENT IS UNREADABLE' }, { uuid: VERIFIED }];
    const { uuid } = simulator.addBook({ documents });
    await simulator.change({ do: 'verify-book', book: uuid });
    await ask(uuid);
    const queries = simulator.calls.map(({ query }) => query).join(' ');
    expect(queries).toContain(VERIFIED);
    expect(queries).not.toContain(REJECTED);
  });

  it('only reads, and shows neither names nor credentials', async () => {
    await finishedBook();
    const { document, text } = await ask();
    const asked = simulator.calls.map(({ method, path }) => (path === '/oauth/token' ? 'token' : method));
    expect(new Set(asked)).toEqual(new Set(['token', 'GET']));
    expect(unknownPaths(simulator)).toEqual([]);
    expect(JSON.stringify(document) + text).not.toMatch(/Jane|january|simulator-client/);
  });

  it('finds out what Ocrolus accepts, and says so', async () => {
    await simulator.close();
    simulator = await startSimulator({ ...RATES, habits: { tokenFormat: 'form', mostRows: 62 } });
    await finishedBook();
    const { document, text } = await ask();
    expect(document.healthy).toBe(true);
    expect(document.checks.map(({ found }) => found)).toMatchObject({
      0: expect.stringContaining('format form'),
      1: expect.stringContaining('50 books per request'),
    });
    expect(document.kinds).toContainEqual(
      expect.objectContaining({ kind: 'enriched-transactions', answer: 'ok', rows: 62 }),
    );
    expect(text).toContain('available, 62 rows per request');
  });

  it('of a book that is not finished suggests nothing that it does not know', async () => {
    simulator.addBook({ documents: [{}] });
    const { document } = await ask();
    expect(document.healthy).toBe(true);
    expect(answersOf(document)).toMatchObject({ income: 'not-yet' });
    expect(document.results).not.toHaveProperty('income');
  });
});

describe('a product that the contract lacks', () => {
  it('refused by its own code, although that is one of credentials elsewhere, is left out', async () => {
    await finishedBook();
    simulator.faults.add({ fault: 'authentication-failed', path: /cash_flow_risk_score$/ });
    const { document, text } = await ask();
    expect(document.kinds).toContainEqual(
      expect.objectContaining({
        kind: 'risk-score',
        answer: 'refused',
        code: '1200',
        meaning: 'not part of your contract',
      }),
    );
    expect(document.results).toEqual({ 'bank-statement-income': 'always' });
    expect(text).not.toContain("'risk-score': 'always'");
  });

  it('refused by 403 gets the policy never', async () => {
    const { uuid } = await finishedBook();
    simulator.faults.add({ fault: 'forbidden', path: `/v2/book/${uuid}/paystub` });
    simulator.faults.add({ fault: 'forbidden', path: `/v2/detect/` });
    const { document, text, isProblem } = await ask();
    expect(document.results).toMatchObject({ paystubs: 'never', signals: 'never' });
    expect(text).toContain("  paystubs: 'never', // 403 http-403: probably not part of your contract");
    expect(isProblem).toBe(false);
  });
});

describe('no contact', () => {
  it.each([
    ['with credentials that are refused', { clientSecret: 'wrong' }, 'token', 'auth'],
    ['to an account without a book', {}, 'book list', 'the account has no book'],
    ['with a book that the credentials may not see', { isForbidden: true }, 'book', '2102'],
  ])('%s', async (_, { clientSecret, isForbidden = false }: Hindrance, name, found) => {
    const book = isForbidden ? simulator.addBook({ forbidden: true, documents: [{}] }).uuid : undefined;
    const { document, isProblem } = await ask(book, clientSecret);
    expect(isProblem).toBe(true);
    expect(document.checks.at(-1)).toMatchObject({ name, state: 'fail', found });
    expect(document.setting).toBeUndefined();
  });

  it('where everything is refused: that is no statement about products', async () => {
    await finishedBook();
    const paths = ['/v2/', '/v1/document', '/v1/transaction', '/v1/book/summary', /suspicious-activity/];
    for (const path of paths) simulator.faults.add({ fault: 'forbidden', path });
    const { document, isProblem } = await ask();
    expect(isProblem).toBe(true);
    expect(document).toMatchObject({ results: {}, setting: null });
  });

  it('where Ocrolus is down', async () => {
    await finishedBook();
    simulator.faults.add({ fault: 'server-error', path: '/v2/' });
    const { document } = await ask();
    expect(answersOf(document)).toMatchObject({ summary: 'failed', analytics: 'ok' });
    expect(document.results).toEqual({});
  });
});

describe('credentials', () => {
  const access = { apiUrl: 'http://stage', authUrl: 'http://stage', tokenFormat: 'json' } as const;
  const target = fakeTarget({
    ocrolus: async (clientId) => ({
      ...access,
      audience: undefined,
      credentials: { clientId, clientSecret: 's' },
    }),
  });
  const options = { account: 'lending', stage: undefined, problem: undefined };
  const environment = { OCROLUS_CLIENT_ID: 'id', OCROLUS_CLIENT_SECRET: 'secret' };

  it('of the environment are for the real API, or the one that it names', async () => {
    expect(await accessFor(target, options, environment)).toMatchObject({
      apiUrl: 'https://api.ocrolus.com',
      authUrl: 'https://auth.ocrolus.com',
      credentials: { clientId: 'id' },
    });
    const named = { ...environment, OCROLUS_API_URL: 'http://named' };
    expect(await accessFor(target, options, named)).toMatchObject({
      apiUrl: 'http://named',
      authUrl: 'http://named',
    });
  });

  it('of a stage come before those of the environment', async () => {
    expect(await accessFor(target, { ...options, stage: 'prod' }, environment)).toMatchObject({
      apiUrl: 'http://stage',
      credentials: { clientId: 'lending' },
    });
  });

  it('are needed', async () => {
    const problem = new Error('no local stack runs');
    await expect(accessFor(undefined, { ...options, problem }, {})).rejects.toThrow(
      'set OCROLUS_CLIENT_ID and OCROLUS_CLIENT_SECRET: no local stack runs',
    );
  });
});
