import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import { serialiseEnvelope } from '../../../../shared/events/queue-message.ts';
import { DUE_SHARDS } from '../../../../shared/store/keys.ts';
import { countRequests } from '../../../scale/testing/requests.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { observation, writeBook } from '../../../shared/store/testing/observations.ts';
import { useFolder } from '../../../testing/folder.ts';
import { ops } from '../fake-target.ts';
import { useStack } from '../testing/stack.ts';

interface Letter {
  readonly channel: string;
  readonly deliveryId: string;
  readonly messageId: string;
  readonly book: string | null;
  readonly why: string;
  readonly outcome: string | null;
}

const stack = useStack('doc-verified', 'lifecycle');
const folder = useFolder();
const look = (channel = 'doc-verified') => ops<Letter[]>(stack.target, `dlq ${channel}`);

it('shows what each message is and why it is there, and leaves it', async () => {
  const lost = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, { deliveryId: 'lost' });
  const done = delivery('DOC_VERIFIED', { bookPk: '7' }, { deliveryId: 'done' });
  expect(await look()).toMatchObject({ document: [], text: 'no dead letters' });
  await stack.past(done);
  await stack.dead('doc-verified', lost, done, '{"version":99,"secret":"x"}');

  // Looking twice changes nothing.
  for (const _ of [1, 2]) {
    const { document, text } = await look();
    expect(document).toEqual(
      expect.arrayContaining([
        {
          channel: 'doc-verified',
          ageSeconds: expect.any(Number),
          messageId: expect.any(String),
          attempts: null,
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
    expect(await stack.inDlq()).toBe(3);
  }
});

it('a delivery that failed each time shows the codes of its attempts, and is not done', async () => {
  const failed = delivery('DOC_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'failed' });
  const codes = ['http-403', 'http-403', 'network'];
  for (const [n, code] of codes.entries()) await stack.past(failed, { code, attempts: n + 1 });
  await stack.dead('doc-verified', failed);
  const { document, text } = await look();
  expect(document).toMatchObject([
    { deliveryId: 'failed', why: 'retries-used-up', outcome: 'retrying', codes, attempts: 3 },
  ]);
  expect(text).toContain('retries-used-up (http-403 x2, network)');
});

it('messages are held for ten minutes while the others are received, and visible again at once', async () => {
  await stack.dead('doc-verified', '{}', '{}', '{}');
  await look();
  const receive = expect.objectContaining({
    // Long polling asks every server of SQS.
    ...{ QueueUrl: stack.urls().dlqUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600, WaitTimeSeconds: 1 },
  });
  const Entries = Array(3).fill(expect.objectContaining({ VisibilityTimeout: 0 }));
  expect(stack.asked.slice(-3)).toEqual([receive, receive, expect.objectContaining({ Entries })]);
});

describe('one of them', () => {
  it('is shown by its id, with the ids of its subject and without its body', async () => {
    const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
    const payload = { encoding: 'utf8', body: '{"name":"Jane Roe"}' } as const;
    await stack.dead('doc-verified', delivery('DOC_VERIFIED', ids, { deliveryId: 'shown', payload }));
    const output = await ops(stack.target, 'dlq show shown');
    expect(output).toMatchObject({
      document: [{ channel: 'doc-verified', deliveryId: 'shown', ids, account: 'default' }],
      text: expect.stringMatching(/^why +retries-used-up$/m),
    });
    expect(JSON.stringify(output)).not.toContain('Jane');
    await expect(ops(stack.target, 'dlq show another')).rejects.toThrow('another is in no dead-letter queue');
  });

  it('is saved to a file before it is deleted, and never over another file', async () => {
    const to = join(folder(), 'saved.json');
    const letter = delivery('DOC_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'gone' });
    await stack.dead('doc-verified', letter, '{"version":99}');
    expect(await ops(stack.target, `dlq discard gone --to ${to}`)).toMatchObject({
      document: { file: to },
      plans: [`anywhere: save the dead letter gone (DOC_VERIFIED) of doc-verified to ${to}, and delete it`],
    });
    const saved = JSON.parse(await readFile(to, 'utf8'));
    expect(saved).toMatchObject({ channel: 'doc-verified', body: serialiseEnvelope(letter) });
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    const { document } = await look();
    expect(document).toMatchObject([{ why: 'unreadable-message' }]);

    const again = `dlq discard ${document[0]?.messageId} --to ${to}`;
    await expect(ops(stack.target, again)).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await look()).document).toHaveLength(1);
  });
});

it('without a channel, those of every channel are shown, more than fit into one answer', async () => {
  const ids = Array.from({ length: 31 }, (_, n) => `id-${n}`).sort();
  await stack.dead('lifecycle', ...ids.map((deliveryId) => delivery('BOOK_VERIFIED', {}, { deliveryId })));
  await stack.dead('doc-verified', '{}');
  const { document } = await look('');
  const [others, inLifecycle] = [/^doc/, /^life/].map((name) =>
    document.filter((one) => name.test(one.channel)),
  );
  expect(others).toMatchObject([{ why: 'unreadable-message' }]);
  expect(inLifecycle?.map(({ deliveryId }) => deliveryId).sort()).toEqual(ids);
});

describe('of a delivery that names its book by the pk alone', () => {
  const BOOKS = 30;
  const outcomes = async () => {
    const { document } = await look();
    return Object.fromEntries(document.map((one) => [one.deliveryId, [one.book, one.why, one.outcome]]));
  };
  const known = (n: number) =>
    writeBook(stack.table, { ...observation(`book-${n}`, 0, 'VERIFYING'), bookPk: String(n) });
  const byPk = (n: number, more: Partial<Envelope> = {}) =>
    delivery('DOC_VERIFIED', { bookPk: String(n) }, { deliveryId: `of-${n}`, ...more });

  it('its entry is found under the uuid', async () => {
    await known(7);
    await stack.past(byPk(7), { bookId: 'book-7', outcome: 'waiting' });
    await stack.dead('doc-verified', byPk(7));
    expect(await outcomes()).toEqual({ 'of-7': ['pk-7', 'processed-already', 'waiting'] });
  });

  it('one that was never in the ledger has no outcome', async () => {
    await known(7);
    await stack.past(byPk(7, { deliveryId: 'another' }), { bookId: 'book-7' });
    await stack.dead('doc-verified', byPk(7), byPk(9));
    const lost = ['retries-used-up', null];
    expect(await outcomes()).toEqual({ 'of-7': ['pk-7', ...lost], 'of-9': ['pk-9', ...lost] });
  });

  it('however many there are, their books are searched once', async () => {
    for (let n = 1; n <= BOOKS; n += 1) {
      await known(n);
      await stack.past(byPk(n), { bookId: `book-${n}` });
      await stack.dead('doc-verified', byPk(n));
    }
    const requests = countRequests(stack.table);
    const found = Object.values(await outcomes());
    expect(found.filter((one) => one.includes('processed-already'))).toHaveLength(BOOKS);
    // Each under its pk, then under its uuid.
    expect(requests.reads).toBeLessThanOrEqual(2 * BOOKS + DUE_SHARDS.length + 1);
  });

  it('one that names the uuid, too, and one that cannot be read cost no search', async () => {
    const lost = delivery('DOC_VERIFIED', { bookUuid: 'book-8', bookPk: '8' }, { deliveryId: 'lost' });
    await known(8);
    await stack.dead('doc-verified', lost, '{}');
    const requests = countRequests(stack.table);
    expect(await outcomes()).toMatchObject({ lost: ['book-8', 'retries-used-up', null] });
    expect(requests.reads).toBe(1);
  });
});
