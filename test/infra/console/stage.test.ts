import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { serveConsole } from '../../../infra/console/server.ts';
import { openStageSource } from '../../../infra/console/source.ts';
import type { RunningServer } from '../../../infra/running-stacks/loopback-server.ts';
import { delivery } from '../../shared/events/testing/delivery.ts';
import { firstSnapshot } from './testing/live.ts';
import { ago, BOOK, OTHER, RAW_TEXT, useStage } from './testing/stage.ts';

/** Operations that change nothing. The queues are read by receiving, but only when dead letters are asked for. */
const READING = ['GetQueueAttributes', 'Query', 'Get', 'BatchGet'];

const stage = useStage();

let server: RunningServer;
beforeEach(async () => {
  server = await serveConsole(openStageSource(stage.target, { stage: 'prod', opsFlags: ' --stage prod' }));
  return () => server.stop();
});

const Answer = z.looseObject({
  error: z.string().optional(),
  rows: z.array(z.looseObject({})).optional(),
  older: z.string().nullish(),
});
async function get(path: string) {
  const answer = await fetch(`${server.url}api/${path}`);
  return { status: answer.status, ...Answer.parse(await answer.json()) };
}
const ids = (rows: readonly Record<string, unknown>[] = []) => rows.map(({ deliveryId }) => deliveryId);

const live = () => firstSnapshot(server.url);

describe('the live state of a stage', () => {
  it('has queues, alarms, deliveries and books, and nothing that only the local stack has', async () => {
    stage.alarm('webhook-server-errors');
    stage.pause('doc-verified');
    await stage.stack.dead('book-verified', 'not an envelope');
    const snapshot = await live();
    expect(snapshot).toMatchObject({
      facts: { stage: 'prod', opsFlags: ' --stage prod' },
      counts: { dead: 1, waiting: 0, inFlight: 0 },
      headline: { tone: 'bad', text: expect.stringMatching(/^alarms: on: webhook-server-errors/) },
      queues: [
        { channel: 'book-verified', dlq: 1, isPaused: false },
        { channel: 'doc-verified', dlq: 0, isPaused: true },
      ],
      alarms: [{ name: 'ocrolus-prod-webhook-server-errors', state: 'ALARM' }],
      deliveries: { total: 2, rows: [{ deliveryId: 'new' }, { deliveryId: 'failed', outcome: 'retrying' }] },
      books: { read: 2, lacking: 1, isCut: false },
    });
    expect(snapshot).not.toHaveProperty('local');
    expect(JSON.stringify(snapshot)).not.toMatch(/secret-[12]/);
  });

  it('leaves out a part that may not be read, and says so in a sentence', async () => {
    stage.denied.add('DescribeAlarms').add('BatchGet');
    const snapshot = await live();
    stage.denied.clear();
    expect(snapshot).not.toHaveProperty('alarms');
    expect(snapshot).not.toHaveProperty('books');
    expect(snapshot).toMatchObject({ queues: [{}, {}], headline: { tone: 'warn' } });
    expect(JSON.stringify(snapshot)).not.toContain(RAW_TEXT);
  });
});

describe('deliveries of a stage', () => {
  it.each([
    ['', ['new', 'failed']],
    ['since=3h&until=1h', ['old']],
    ['since=3h&outcome=retrying', ['failed']],
    [`since=3h&book=${BOOK.toUpperCase()}`, ['new', 'old']],
    ['event=book_verified', ['new', 'failed']],
    ['account=another', []],
    ['source=poll', []],
  ])('%s: newest first, through the index', async (query, expected) => {
    const { rows } = await get(`deliveries?${query}`);
    expect(ids(rows)).toEqual(expected);
    expect(stage.operations).not.toContain('Scan');
  });

  it('are shown in pages', async () => {
    const { stack } = stage;
    for (let n = 0; n < 101; n += 1) {
      const more = { deliveryId: `many-${n}`, receivedAt: ago(200 + n) };
      await stack.past(delivery('DOC_VERIFIED', { bookUuid: OTHER }, more));
    }
    const first = await get('deliveries?since=6h&event=DOC_VERIFIED');
    expect(first).toMatchObject({ total: 101, rows: { length: 100 } });
    const second = await get(`deliveries?since=6h&event=DOC_VERIFIED&until=${first.older}`);
    expect(ids(second.rows)).toEqual(['many-99', 'many-100']);
    expect(second.older).toBeNull();
  });

  it.each([
    ['since=yesterday', 'From: It must be a time'],
    ['since=1h&until=2h', 'Until is before From'],
    ['book=pk-x', 'Book: It must be the uuid'],
    ['outcome=lost', 'Outcome: it is one of: applied'],
    ['source=else', 'Source: it is one of: webhook poll'],
  ])('%s is refused with a sentence', async (query, text) => {
    expect(await get(`deliveries?${query}`)).toMatchObject({
      status: 400,
      error: expect.stringContaining(text),
    });
  });

  it('each has its story, with the command that sends it again', async () => {
    const done = await get(`deliveries/new?book=${BOOK}`);
    expect(done).toMatchObject({
      ...{ eventName: 'BOOK_VERIFIED', state: 'processed', outcome: 'applied', bookId: BOOK },
      attempts: [{ code: 'applied' }],
      again: ['replay', '--delivery', 'new', '--book', BOOK],
    });
    expect(await get('deliveries/failed')).toMatchObject({
      ...{ state: 'retrying', outcome: 'retrying', attempts: [{ code: 'http-500' }] },
      again: ['replay', '--delivery', 'failed', '--from', expect.stringMatching(/Z$/)],
    });
    expect(await get('deliveries/unknown')).toMatchObject({
      status: 404,
      error: expect.stringContaining('no such delivery'),
    });
    expect(stage.operations).not.toContain('Scan');
  });
});

describe('books of a stage', () => {
  it('are those that are polled next, or those of them with missing results', async () => {
    expect(await get('books')).toMatchObject({ read: 2, isCut: false, rows: [{}, {}] });
    expect(await get('books?missing=true')).toMatchObject({ rows: [{ bookId: BOOK, open: ['summary'] }] });
  });

  it.each([BOOK, BOOK.toUpperCase(), 'pk-77'])('%s is found', async (name) => {
    expect(await get(`books/${name}`)).toMatchObject({
      status: 200,
      bookId: BOOK,
      book: { name: 'Loan of Jane Roe' },
    });
  });

  it('one that is unknown is empty, and no id at all is answered with a sentence', async () => {
    expect(await get('books/pk-78')).toMatchObject({ status: 200, book: null, events: [] });
    expect(await get('books/pk-x')).toMatchObject({ status: 400, error: expect.stringContaining('uuid') });
  });
});

it('dead letters are received only when they are asked for, and stay', async () => {
  const { stack } = stage;
  await stack.dead('book-verified', delivery('BOOK_VERIFIED', { bookUuid: BOOK }, { deliveryId: 'dead' }));
  const before = stage.operations.length;
  await live();
  expect(stage.operations.slice(before)).not.toContain('ReceiveMessage');
  const letters = await (await fetch(`${server.url}api/dead-letters/book-verified`)).json();
  expect(letters).toMatchObject([{ deliveryId: 'dead', why: 'retries-used-up' }]);
  expect(stage.operations).toContain('ReceiveMessage');
  expect(await stack.inDlq('book-verified')).toBe(1);
  expect(await get('dead-letters/unknown')).toMatchObject({
    status: 404,
    error: expect.stringContaining('no channel unknown'),
  });
});

it('an error of AWS is a sentence, never its own text', async () => {
  stage.denied.add('Query');
  const { status, error } = await get('deliveries');
  stage.denied.clear();
  expect(status).toBe(400);
  expect(error).toContain('these credentials may not do that');
  expect(error).not.toContain(RAW_TEXT);
});

it('nothing can be changed: there is no such route, and no page writes to the stage', async () => {
  const logged = vi.spyOn(console, 'error');
  const paths = [
    ...['poll', 'kill', 'redrive', 'discard', 'replay', 'ocrolus/books', 'ocrolus/faults', 'deliveries'],
    ...['books', 'dead-letters/book-verified', 'result', 'live'],
  ];
  const before = stage.operations.length;
  for (const path of paths) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(`${server.url}api/${path}`, { method, body: '{}' });
      expect(answer.status, `${method} ${path}`).toBe(404);
    }
  }
  expect(stage.operations).toHaveLength(before);
  expect(await get('ocrolus/faults')).toMatchObject({
    status: 404,
    error: 'there is no GET /api/ocrolus/faults',
  });

  expect(await live()).toHaveProperty('health');
  for (const path of [
    'deliveries',
    'deliveries/failed',
    'books',
    `books/${BOOK}`,
    'result?book=x&kind=forms',
  ])
    await fetch(`${server.url}api/${path}`);
  const done = new Set(stage.operations.slice(before));
  for (const name of [...READING, 'ReceiveMessage', 'ChangeMessageVisibilityBatch']) done.delete(name);
  expect([...done]).toEqual([]);
  expect([...new Set(stage.invocations)]).toEqual(['registration {"action":"show"}']);
  expect(logged).not.toHaveBeenCalled();
  logged.mockRestore();
});
