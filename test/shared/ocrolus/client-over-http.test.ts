import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import type { Simulator } from '../../../infra/local/ocrolus/index.ts';
import { readBookStatus } from '../../../shared/ocrolus/book-status.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { OcrolusClient, Reply } from '../../../shared/ocrolus/client.ts';
import { startWithClient } from './testing/simulated.ts';

let simulator: Simulator;
let client: OcrolusClient;
beforeEach(async () => {
  ({ simulator, client } = await startWithClient());
});
afterEach(() => simulator.close());

const inSeconds = (seconds: number) => Date.now() + seconds * 1000;
const observe = async (deadline = inSeconds(30)) => {
  const { uuid: bookUuid } = simulator.addBook({ documents: [{}] });
  const { answer } = okOf(await client.ask(calls.bookStatus({ bookUuid }), deadline));
  return readBookStatus(answer, { bookUuid });
};

it('a book is observed, with a token that is replaced, after two 429', async () => {
  simulator.faults.add({ fault: 'unauthorized', times: 1 });
  simulator.faults.add({ fault: 'rate-limited', times: 2 });
  const { documents, bookUuid } = await observe();
  expect(bookUuid).toBe(simulator.books[0]?.uuid);
  expect(documents).toHaveLength(1);
  expect(simulator.calls.filter((call) => call.operation === 'grant-authentication-token')).toHaveLength(2);
});

it.each([
  ['truncated', 'http-200-unreadable'],
  ['reset', 'network'],
  ['bad-gateway', 'http-502-unreadable'],
] as const)('%s is retry', async (fault, code) => {
  simulator.faults.add({ fault });
  await expect(observe()).rejects.toMatchObject({ class: 'retry', code });
});

it('an answer that does not come is given up at the deadline', async () => {
  await observe();
  simulator.faults.add({ fault: 'timeout' });
  await expect(observe(inSeconds(0.1))).rejects.toMatchObject({ class: 'retry', code: 'network' });
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
