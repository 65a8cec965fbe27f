import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeBook } from '../../shared/ocrolus/book-status.ts';
import { createOcrolusClient, type OcrolusClient } from '../../shared/ocrolus/client.ts';
import { createTokenSource } from '../../shared/ocrolus/token.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';

let simulator: Simulator;
let client: OcrolusClient;
beforeEach(async () => {
  simulator = await startSimulator();
  client = createOcrolusClient({
    apiUrl: simulator.url,
    tokens: createTokenSource({
      authUrl: simulator.url,
      credentials: async () => ({ clientId: 'simulator-client', clientSecret: 'simulator-client-secret' }),
      format: 'json',
    }),
    limiter: { take: async () => {}, pause: () => {} },
    wait: async () => {},
  });
});
afterEach(() => simulator.close());

const inSeconds = (seconds: number) => Date.now() + seconds * 1000;
const observe = (deadline = inSeconds(30)) => {
  const { uuid } = simulator.addBook({ documents: [{}] });
  return observeBook(client, { bookUuid: uuid }, deadline);
};

it('a book is observed', async () => {
  const { documents, bookUuid } = await observe();
  expect(bookUuid).toBe(simulator.books[0]?.uuid);
  expect(documents).toHaveLength(1);
});

it.each(['unauthorized', 'authentication-failed'] as const)(
  'a token that is %s half way is replaced',
  async (fault) => {
    simulator.faults.add({ fault, times: 1 });
    expect((await observe()).documents).toHaveLength(1);
    expect(simulator.calls.filter((call) => call.operation === 'grant-authentication-token')).toHaveLength(2);
  },
);

it('two 429 are waited out', async () => {
  simulator.faults.add({ fault: 'rate-limited', times: 2 });
  expect((await observe()).documents).toHaveLength(1);
});

describe('a fault', () => {
  it.each([
    ['truncated', 'http-200-unreadable'],
    ['reset', 'network'],
    ['bad-gateway', 'http-502-unreadable'],
    ['unavailable', 'http-503-unreadable'],
    ['error-in-body', '500'],
    ['rate-limited', 'http-429'],
  ] as const)('%s is retry', async (fault, code) => {
    simulator.faults.add({ fault });
    const failure = observe();
    await expect(failure).rejects.toMatchObject({ class: 'retry' });
    await expect(failure).rejects.toThrow(code);
  });

  it('not-ready is later', async () => {
    simulator.faults.add({ fault: 'not-ready' });
    await expect(observe()).rejects.toMatchObject({ class: 'later', code: '9004' });
  });
});

it('an answer that does not come is given up at the deadline', async () => {
  await observe();
  simulator.faults.add({ fault: 'timeout' });
  await expect(observe(inSeconds(0.1))).rejects.toMatchObject({ class: 'retry', code: 'network' });
});

it('a book that Ocrolus does not know is refused', async () => {
  const unknown = observeBook(client, { bookUuid: 'nobody' }, inSeconds(30));
  await expect(unknown).rejects.toMatchObject({ class: 'refused', code: '1401' });
});
