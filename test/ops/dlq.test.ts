import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { dlqCommand } from '../../infra/ops/commands/see/dlq.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { serialiseEnvelope } from '../../shared/events/queue-message.ts';
import type { Outcome } from '../../shared/store/items.ts';
import { DUE_SHARDS } from '../../shared/store/keys.ts';
import { writeFailedAttempt, writeLedger } from '../../shared/store/ledger.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { countRequests } from '../scale/testing/requests.ts';
import { observation, writeBook } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { type Call, runOps } from './fake-target.ts';
import { type TestQueues, useQueues } from './testing/queues.ts';

const createQueues = useQueues();
const createTable = useTables();
let stack: TestQueues;
let table: DynamoTable;
beforeEach(async () => {
  stack = await createQueues('doc-verified');
  table = await createTable();
});

const look = async () => {
  const output = await runOps(
    dlqCommand,
    { ...stack.target, table: () => table },
    { words: ['doc-verified'] },
  );
  if ('stream' in output) throw new Error('no document');
  return output;
};

it('says that there are none', async () => {
  expect(await look()).toEqual({ document: [], text: 'no dead letters' });
});

it('shows what each message is and why it is there, and leaves it', async () => {
  const lost = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, { deliveryId: 'lost' });
  const done = delivery('DOC_VERIFIED', { bookPk: '7' }, { deliveryId: 'done' });
  const entry = { bookId: 'pk-7', envelope: done, outcome: 'applied', attempts: 1, keepDays: 1 } as const;
  await writeLedger(table, { ...entry, processedAt: done.receivedAt });
  await stack.dead('doc-verified', lost, done, '{"version":99,"secret":"x"}');

  for (let time = 1; time <= 2; time += 1) {
    const { document, text } = await look();
    const common = {
      channel: 'doc-verified',
      ageSeconds: expect.any(Number),
      messageId: expect.any(String),
      attempts: time - 1,
    };
    expect(document).toEqual(
      expect.arrayContaining([
        {
          ...common,
          event: 'DOC_VERIFIED',
          book: 'b',
          deliveryId: 'lost',
          source: 'webhook',
          receivedAt: lost.receivedAt,
          why: 'retries-used-up',
          outcome: null,
          codes: [],
          firstReceived: expect.stringMatching(/^\d{4}-.*Z$/),
          bytes: expect.any(Number),
        },
        expect.objectContaining({
          deliveryId: 'done',
          book: 'pk-7',
          why: 'processed-already',
          outcome: 'applied',
        }),
        expect.objectContaining({ event: null, book: null, deliveryId: null, why: 'unreadable-message' }),
      ]),
    );
    expect(document).toHaveLength(3);
    expect(text).not.toContain('secret');
    expect(await stack.visible(stack.urls('doc-verified').dlqUrl)).toBe(3);
  }
});

it('a delivery that failed each time shows the codes of its attempts, and is not done', async () => {
  const failed = delivery('DOC_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'failed' });
  for (const [n, code] of ['http-403', 'http-403', 'network'].entries()) {
    const attempt = { bookId: 'b', envelope: failed, code, attempts: n + 1, keepDays: 1 };
    await writeFailedAttempt(table, { ...attempt, processedAt: failed.receivedAt });
  }
  await stack.dead('doc-verified', failed);
  const { document, text } = await look();
  expect(document).toEqual([
    expect.objectContaining({
      deliveryId: 'failed',
      why: 'retries-used-up',
      outcome: 'retrying',
      codes: ['http-403', 'http-403', 'network'],
    }),
  ]);
  expect(text).toContain('retries-used-up (http-403 x2, network)');
});

describe('one of them', () => {
  const named = (words: readonly string[], flags: Call['flags'] = {}, plans: string[] = []) =>
    runOps(dlqCommand, { ...stack.target, table: () => table }, { words, flags, plans });

  it('is shown by its id, with the ids of its subject and without its body', async () => {
    const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
    const payload = { encoding: 'utf8', body: '{"name":"Jane Roe"}' } as const;
    await stack.dead('doc-verified', delivery('DOC_VERIFIED', ids, { deliveryId: 'shown', payload }));
    const output = await named(['show', 'shown']);
    expect(output).toMatchObject({
      document: [{ channel: 'doc-verified', deliveryId: 'shown', ids, account: 'default' }],
      text: expect.stringMatching(/^why +retries-used-up$/m),
    });
    expect(JSON.stringify(output)).not.toContain('Jane');
    await expect(named(['show', 'another'])).rejects.toThrow('another is in no dead-letter queue');
  });

  it('is saved to a file before it is deleted, and never over another file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dlq-'));
    const to = join(folder, 'saved.json');
    const letter = delivery('DOC_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'gone' });
    await stack.dead('doc-verified', letter, '{"version":99}');
    const plans: string[] = [];
    expect(await named(['discard', 'gone'], { to }, plans)).toMatchObject({ document: { file: to } });
    expect(plans).toEqual([
      `save the dead letter gone (DOC_VERIFIED) of doc-verified to ${to}, and delete it`,
    ]);
    const saved = JSON.parse(await readFile(to, 'utf8'));
    expect(saved).toMatchObject({ channel: 'doc-verified', body: serialiseEnvelope(letter) });
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    const { document } = await look();
    expect(document).toMatchObject([{ why: 'unreadable-message' }]);

    const [{ messageId }] = document as [{ messageId: string }];
    await expect(named(['discard', messageId], { to })).rejects.toThrow('EEXIST');
    expect((await look()).document).toHaveLength(1);
    await rm(folder, { recursive: true });
  });
});

it('without a channel, those of every channel are shown', async () => {
  const both = await createQueues('doc-verified', 'lifecycle');
  await both.dead('lifecycle', delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { channel: 'lifecycle' }));
  await both.dead('doc-verified', '{}');
  const output = await runOps(dlqCommand, { ...both.target, table: () => table });
  expect(output).toMatchObject({
    document: expect.arrayContaining([
      expect.objectContaining({ channel: 'lifecycle', event: 'BOOK_VERIFIED' }),
      expect.objectContaining({ channel: 'doc-verified', why: 'unreadable-message' }),
    ]),
  });
});

it('an empty one is an empty list', async () => {
  expect((await look()).document).toEqual([]);
});

it('more than fit into one answer are all shown', async () => {
  const ids = Array.from({ length: 31 }, (_, n) => `id-${n}`).sort();
  await stack.dead('doc-verified', ...ids.map((deliveryId) => delivery('DOC_VERIFIED', {}, { deliveryId })));
  const { document } = await look();
  const told = Array.isArray(document) ? document.map(({ deliveryId }) => deliveryId).sort() : [];
  expect(told).toEqual(ids);
});

describe('of a delivery that names its book by the pk alone', () => {
  const BOOKS = 30;
  const outcomes = async (): Promise<Record<string, (string | null)[]>> => {
    const { document } = await look();
    if (!Array.isArray(document)) throw new Error('no list');
    return Object.fromEntries(document.map((one) => [one.deliveryId, [one.book, one.why, one.outcome]]));
  };
  const known = (n: number) =>
    writeBook(table, { ...observation(`book-${n}`, 0, 'VERIFYING'), bookPk: String(n) });
  const byPk = (n: number, more: Partial<Envelope> = {}) =>
    delivery('DOC_VERIFIED', { bookPk: String(n) }, { deliveryId: `of-${n}`, ...more });
  const enter = (bookId: string, envelope: Envelope, outcome: Outcome) =>
    writeLedger(table, {
      ...{ bookId, envelope, outcome, attempts: 1, keepDays: 1 },
      processedAt: envelope.receivedAt,
    });

  it('its entry is found under the uuid', async () => {
    await known(7);
    await enter('book-7', byPk(7), 'waiting');
    await stack.dead('doc-verified', byPk(7));
    expect(await outcomes()).toEqual({ 'of-7': ['pk-7', 'processed-already', 'waiting'] });
  });

  it('one that was never in the ledger has no outcome', async () => {
    await known(7);
    await enter('book-7', byPk(7, { deliveryId: 'another' }), 'applied');
    await stack.dead('doc-verified', byPk(7), byPk(9));
    const lost = ['retries-used-up', null];
    expect(await outcomes()).toEqual({ 'of-7': ['pk-7', ...lost], 'of-9': ['pk-9', ...lost] });
  });

  it('however many there are, their books are searched once', async () => {
    for (let n = 1; n <= BOOKS; n += 1) {
      await known(n);
      await enter(`book-${n}`, byPk(n), 'applied');
      await stack.dead('doc-verified', byPk(n));
    }
    const requests = countRequests(table);
    const found = Object.values(await outcomes());
    expect(found.filter((one) => one.includes('processed-already'))).toHaveLength(BOOKS);
    // Each under its pk, then under its uuid.
    expect(requests.reads).toBeLessThanOrEqual(2 * BOOKS + DUE_SHARDS.length + 1);
  });

  it('one that names the uuid, too, and one that cannot be read cost no search', async () => {
    const lost = delivery('DOC_VERIFIED', { bookUuid: 'book-8', bookPk: '8' }, { deliveryId: 'lost' });
    await known(8);
    await stack.dead('doc-verified', lost, '{}');
    const requests = countRequests(table);
    expect(await outcomes()).toMatchObject({ lost: ['book-8', 'retries-used-up', null] });
    expect(requests.reads).toBe(1);
  });
});
