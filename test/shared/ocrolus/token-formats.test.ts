import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/simulator.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { OcrolusClient } from '../../../shared/ocrolus/client.ts';
import { TOKEN_FORMATS, type TokenFormat } from '../../../shared/ocrolus/settings.ts';
import type { Table } from '../../../shared/store/table.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { RIGHT, startProcess, tokenAnswers } from './testing/first-contact.ts';

let simulator: Simulator;
let table: Table;
let answers: () => number[];
beforeEach(async () => {
  table = await memoryTable();
});
afterEach(() => simulator.close());

/** An Ocrolus that accepts only this format. */
async function accepts(tokenFormat: TokenFormat) {
  simulator = await startSimulator({ habits: { tokenFormat } });
  answers = tokenAnswers(simulator);
}

const REMEMBERED = { bookId: 'poller', item: 'NEGOTIATED#default' };

const list = async (client: OcrolusClient) => (await client.ask(calls.books(1, 0), Date.now() + 10_000)).kind;

it.each(TOKEN_FORMATS)('an Ocrolus that accepts only %s is asked in it, by all processes', async (format) => {
  await accepts(format);
  expect(await list(startProcess(simulator, { table }))).toBe('ok');
  const refused = TOKEN_FORMATS.slice(0, TOKEN_FORMATS.indexOf(format)).map(() => 403);
  expect(answers()).toEqual([...refused, 200]);
  expect(await list(startProcess(simulator, { table }))).toBe('ok');
  expect(answers()).toEqual([200]);
  expect(JSON.stringify(await table.get(REMEMBERED))).not.toMatch(/simulator-client/);
});

it('a process remembers the format, also without a table', async () => {
  await accepts('form');
  const client = startProcess(simulator);
  await list(client);
  simulator.tokens.revokeAll();
  expect(await list(client)).toBe('ok');
  expect(answers()).toEqual([403, 200, 200]);
});

it('a table that fails only costs the same requests again', async () => {
  await accepts('form');
  const down = () => Promise.reject(new Error('the table is down'));
  const fails = { ...table, get: down, put: down };
  for (const _ of [1, 2]) {
    expect(await list(startProcess(simulator, { table: fails }))).toBe('ok');
    expect(answers()).toEqual([403, 200]);
  }
});

it('a format that is no longer accepted is replaced', async () => {
  await accepts('form');
  await list(startProcess(simulator, { table }));
  await simulator.close();
  await accepts('basic');
  expect(await list(startProcess(simulator, { table }))).toBe('ok');
  expect(answers()).toEqual([403, 403, 200]);
  await list(startProcess(simulator, { table }));
  expect(answers()).toEqual([200]);
});

it('the format of another client counts for nothing', async () => {
  await accepts('form');
  await list(startProcess(simulator, { table }));
  await table.update(REMEMBERED, { set: { client: 'another' } });
  answers();
  await list(startProcess(simulator, { table }));
  expect(answers()).toEqual([403, 200]);
});

it.each(TOKEN_FORMATS)(
  'where the setting names %s, nothing else is tried, and nothing remembered',
  async (format) => {
    const [other = 'json'] = TOKEN_FORMATS.filter((one) => one !== format);
    await accepts(other);
    expect(await list(startProcess(simulator, { table, tokenFormat: format }))).toBe('refused');
    expect(answers()).toEqual([403]);
    expect(await table.get(REMEMBERED)).toBeUndefined();
  },
);

it('wrong credentials are refused in every format once, and then once for each call; the right ones are found', async () => {
  await accepts('basic');
  let now = Date.now();
  let credentials = { ...RIGHT, clientSecret: 'wrong' };
  const client = startProcess(simulator, { table, credentials: () => credentials, now: () => now });
  const ask = async () => (await client.ask(calls.books(1, 0), now + 10_000)).kind;
  expect(await ask()).toBe('refused');
  expect(answers()).toEqual([403, 403, 400]);
  for (const status of [403, 403, 400, 403]) {
    expect(await ask()).toBe('refused');
    expect(answers()).toEqual([status]);
  }
  credentials = RIGHT;
  // The secret is read again.
  now += 10_000;
  expect(await ask()).toBe('ok');
  expect(answers()).toEqual([403, 403, 403, 200]);
});

it('credentials that Ocrolus accepts later are found without another secret', async () => {
  await accepts('form');
  const credentials = { ...RIGHT };
  const client = startProcess(simulator, { credentials: () => credentials });
  simulator.faults.add({ fault: 'forbidden', path: '/oauth/token', times: 4 });
  expect([await list(client), await list(client), await list(client)]).toEqual(['refused', 'refused', 'ok']);
  expect(answers()).toEqual([403, 403, 403, 403, 200]);
});

it('a service that fails is not asked in another format', async () => {
  await accepts('form');
  simulator.faults.add({ fault: 'unavailable', path: '/oauth/token' });
  await expect(list(startProcess(simulator))).rejects.toMatchObject({ class: 'retry', code: 'token' });
  expect(answers()).toEqual([503]);
});
