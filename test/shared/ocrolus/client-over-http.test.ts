import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/index.ts';
import { readBookStatus } from '../../../shared/ocrolus/book-status.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { createOcrolusClient, type OcrolusClient, type Reply } from '../../../shared/ocrolus/client.ts';
import { createTokenSource } from '../../../shared/ocrolus/token.ts';
import { openNetworkPorts } from '../../../shared/ports.ts';

let simulator: Simulator;
let client: OcrolusClient;
const ports = { ...openNetworkPorts(), wait: async () => {} };
beforeEach(async () => {
  simulator = await startSimulator();
  client = createOcrolusClient({
    apiUrl: simulator.url,
    tokens: createTokenSource({
      authUrl: simulator.url,
      credentials: async () => ({ clientId: 'simulator-client', clientSecret: 'simulator-client-secret' }),
      format: 'json',
      ports,
    }),
    limiter: { take: async () => {}, pause: async () => {} },
    ports,
  });
});
afterEach(() => simulator.close());

const inSeconds = (seconds: number) => Date.now() + seconds * 1000;
const ask = (deadline = inSeconds(30)) => {
  const { uuid: bookUuid } = simulator.addBook({ documents: [{}] });
  return client.ask(calls.bookStatus({ bookUuid }), deadline);
};
const observe = async (deadline?: number) => {
  const reply = await ask(deadline);
  if (reply.kind !== 'ok') throw new Error(reply.code);
  return readBookStatus(reply.answer, { bookUuid: simulator.books.at(-1)?.uuid ?? '' });
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

  it('not-ready is an answer', async () => {
    simulator.faults.add({ fault: 'not-ready' });
    expect(await ask()).toMatchObject({ kind: 'not-yet', code: '9004' });
  });
});

it('an answer that does not come is given up at the deadline', async () => {
  await observe();
  simulator.faults.add({ fault: 'timeout' });
  await expect(observe(inSeconds(0.1))).rejects.toMatchObject({ class: 'retry', code: 'network' });
});

it('a book that Ocrolus does not know is refused', async () => {
  const unknown = await client.ask(calls.bookStatus({ bookUuid: 'nobody' }), inSeconds(30));
  expect(unknown).toMatchObject({ kind: 'refused', code: '1401' });
});

it('the result of a job is fetched from where Ocrolus says, with http where Ocrolus itself has it', async () => {
  const { uuid } = simulator.addBook({ documents: [{}] });
  await simulator.verifyBook(uuid);
  await simulator.completeAnalytics(uuid);
  const { answer } = okOf(await client.ask(calls.bookSummary(uuid, true), inSeconds(30)));
  const { job_id: job } = z.object({ job_id: z.string() }).parse(answer.json);
  const askForJob = async () => okOf(await client.ask(calls.analyticsJob(job), inSeconds(30))).answer;
  await expect.poll(async () => (await askForJob()).json).toMatchObject({ status: 'DONE' });
  const { result_url: url } = z.object({ result_url: z.url() }).parse((await askForJob()).json);
  const result = okOf(
    await client.getSigned(url, 'Book-summary', inSeconds(30), () => Promise.reject(new Error('not large'))),
  );
  expect(result.answer.body).toEqual(simulator.truth(uuid).body('summary'));
});

function okOf(reply: Reply): Extract<Reply, { kind: 'ok' }> {
  if (reply.kind !== 'ok') throw new Error(reply.code);
  return reply;
}
