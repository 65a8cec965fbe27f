import { beforeEach, describe, expect, it, test } from 'vitest';
import type { LogLine } from '../../../../infra/ops/logs/function-logs.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { second } from '../../../shared/store/testing/observations.ts';
import { fakeLogs, ops } from '../fake-target.ts';
import { useStack } from '../testing/stack.ts';

const stack = useStack('doc-verified');

describe('deliveries across books', () => {
  const payload = { encoding: 'utf8', body: '{"name":"Jane Roe"}' } as const;
  const refused = { outcome: 'refused', reason: 'The document of Jane Roe is unreadable' } as const;
  const list = (options = '') =>
    ops<{ deliveryId: string }[]>(stack.target, `deliveries --since ${second(0)} ${options}`);
  beforeEach(async () => {
    const past = (n: number, bookUuid: string, more: Parameters<typeof stack.past>[1] = {}) => {
      const event = bookUuid === 'c' ? 'BOOK_VERIFIED' : 'DOC_VERIFIED';
      const received = { deliveryId: `id-${n}`, receivedAt: second(n), payload };
      return stack.past(delivery(event, { bookUuid }, received), more);
    };
    await past(1, 'b');
    await past(2, 'c', refused);
    await past(3, 'd', { code: 'http-403' });
    await past(4, 'b', { outcome: 'unchanged' });
  });

  test.each([
    ['', ['id-4', 'id-3', 'id-2', 'id-1']],
    [`--since ${second(3)}`, ['id-4', 'id-3']],
    ['--book b', ['id-4', 'id-1']],
    ['--event book_verified', ['id-2']],
    ['--outcome retrying', ['id-3']],
    ['--account another', []],
    ['--source poll', []],
    ['--limit 1', ['id-4']],
    ['--book b --limit 1 --outcome applied', ['id-1']],
  ])('%s: newest first', async (options, expected) => {
    const { document } = await list(options);
    expect(document.map(({ deliveryId }) => deliveryId)).toEqual(expected);
  });

  it('each has its ids, codes and times, and nothing of a body', async () => {
    const { document, text } = await list();
    expect(document.slice(1, 3)).toEqual([
      {
        bookId: 'd',
        deliveryId: 'id-3',
        eventName: 'DOC_VERIFIED',
        channel: 'doc-verified',
        account: 'default',
        source: 'webhook',
        receivedAt: second(3),
        processedAt: second(3),
        outcome: 'retrying',
        reason: 'http-403',
        codes: ['http-403'],
        attempts: 1,
      },
      expect.objectContaining({ deliveryId: 'id-2', reason: '(text, see ops book)' }),
    ]);
    expect(text).toMatch(/^RECEIVED +EVENT +BOOK/);
    expect(JSON.stringify(document) + text).not.toContain('Jane');
  });

  it('says how many it leaves out', async () => {
    expect((await list('--limit 1')).text).toMatch(/\n3 more$/);
  });
});

describe('the story of a delivery', () => {
  const envelope = delivery('DOC_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'one', receivedAt: second(1) });
  const line = (n: number, message: string, fields: object, name = 'doc-verified'): LogLine => {
    const at = second(n);
    const text = JSON.stringify({ timestamp: at, level: 'INFO', message, deliveryId: 'one', ...fields });
    return { at, function: name, text };
  };
  const accepted = { channel: 'doc-verified', eventName: 'DOC_VERIFIED', bookUuid: 'b' };
  const queued = line(1, 'delivery queued', accepted, 'webhook');
  const retry = line(2, 'retry scheduled', { attempts: 1, code: 'http-403', seconds: 30 });
  const asked = line(3, 'Ocrolus asked', { operation: 'doc-form-data', answer: 'ok', ms: 12 });
  const processed = line(4, 'delivery processed', { attempts: 2, outcome: 'applied' });
  const failed = { code: 'http-403', processedAt: second(2) };

  const tell = (lines: readonly LogLine[] = [], options = '') => {
    return ops({ ...stack.target, logs: fakeLogs(lines) }, `delivery one ${options}`);
  };

  it('cannot break out of its lines', async () => {
    const evil = { ...envelope, eventName: 'X \u001b[31mred \n evil line' };
    await stack.past(evil, { outcome: 'refused', processedAt: second(4) });
    expect((await tell()).text).toContain(String.raw`X \u001b[31mred \u000a evil line of account`);
  });

  it('that was processed has its attempts, calls, and what was written', async () => {
    const processedAt = second(4);
    await stack.past(envelope, failed);
    const written = ['RESULT#forms#d'];
    const alreadyStored = ['RESULT#transactions#d'];
    await stack.past(envelope, {
      attempts: 2,
      processedAt,
      effects: { written, alreadyStored, unlisted: 3 },
    });
    const { document, text } = await tell([queued, retry, asked, processed]);
    expect(document).toEqual({
      deliveryId: 'one',
      state: 'processed',
      eventName: 'DOC_VERIFIED',
      source: 'webhook',
      account: 'default',
      channel: 'doc-verified',
      bookId: 'b',
      receivedAt: second(1),
      processedAt,
      outcome: 'applied',
      reason: null,
      attempts: [
        { attempt: 1, at: second(2), code: 'http-403', retryAfterSeconds: 30 },
        { attempt: 2, at: second(4), code: 'applied', retryAfterSeconds: null },
      ],
      calls: [{ at: second(3), operation: 'doc-form-data', answer: 'ok', code: null, ms: 12 }],
      written,
      alreadyStored,
      unlisted: 3,
      deadLetter: null,
    });
    expect(text).toMatch(/^delivery one: processed, applied\n/);
    expect(text).toMatch(
      /\nwritten:\n {2}RESULT#forms#d\nalready stored:\n {2}RESULT#transactions#d\nand 3 others$/,
    );
    expect((await tell([], '--book b')).document).toMatchObject({
      attempts: [
        { attempt: null, at: null, code: 'http-403' },
        { attempt: 2, at: processedAt, code: 'applied' },
      ],
      calls: [],
    });
  });

  it('of an earlier version says that what it wrote is not recorded; one that wrote nothing, that', async () => {
    await stack.past(envelope);
    expect(await tell()).toMatchObject({
      document: { written: null },
      text: expect.stringMatching(/\nwhat was written is not recorded$/),
    });
    const another = { ...envelope, deliveryId: 'two' };
    await stack.past(another, { outcome: 'unchanged', effects: { written: [] } });
    expect((await ops(stack.target, 'delivery two')).text).toMatch(/\nwritten: nothing$/);
  });

  it('that is being retried says so', async () => {
    await stack.past(envelope, failed);
    const state = { state: 'retrying', outcome: 'retrying', attempts: [{ code: 'http-403' }] };
    expect((await tell([queued, retry])).document).toMatchObject(state);
  });

  it('that is dead says where, and what to do', async () => {
    await stack.dead('doc-verified', envelope);
    const { document, text } = await tell();
    expect(document).toMatchObject({
      state: 'dead',
      eventName: 'DOC_VERIFIED',
      deadLetter: { channel: 'doc-verified', why: 'retries-used-up' },
    });
    expect(text).toContain('ops redrive doc-verified --id one');
  });

  it('that is still queued is known from the webhook’s log', async () => {
    const { document } = await tell([{ ...queued, at: new Date().toISOString() }]);
    expect(document).toMatchObject({ state: 'queued', channel: 'doc-verified', bookId: 'b', attempts: [] });
  });

  it('that does not exist is a failure', async () => {
    await expect(tell()).rejects.toThrow('no delivery one');
  });
});
