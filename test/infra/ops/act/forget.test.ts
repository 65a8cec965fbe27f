import { beforeEach, describe, expect, it, test } from 'vitest';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import { newBook, updateBook } from '../../../../shared/store/books.ts';
import { removeBookData } from '../../../../shared/store/removal/remove-book-data.ts';
import { createHarness, receive } from '../../../functions/consumers/testing/harness.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { payload, saysPersonal } from '../../../shared/reconcile/testing/forgetting.ts';
import { WRITER } from '../../../shared/store/testing/observations.ts';
import { ops } from '../fake-target.ts';
import { useStack } from '../testing/stack.ts';

const B = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const stack = useStack('doc-verified', 'book-verified', 'unrecognized');
const forget = (book: string) => ops<{ forgottenAt: string }>(stack.target, `forget ${book}`);

/** Lets the consumers store a book `b` that has everything. */
async function storeBook(): Promise<void> {
  const harness = createHarness(stack.table, { bodies: stack.bodies });
  saysPersonal(harness);
  const verified = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'first', payload: payload() });
  expect(await receive(harness, [verified])).toEqual([]);
}

describe('a stored book', () => {
  beforeEach(storeBook);

  it('is removed, and the output says what; a second run removes nothing', async () => {
    const { reader } = stack.target;
    const results = (await reader.results('b')).length;
    const { document, text } = await forget('b');
    expect(document).toMatchObject({
      bookUuid: 'b',
      bookPk: '7',
      removed: { documents: 2, results, payloads: 1, objects: 1, others: 0, elsewhere: 0, deadLetters: 0 },
      dryRun: false,
    });
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^book b, pk 7: forgotten since 20\d\d-/),
      `removed: 2 documents, ${results} results, 1 payloads of the ledger, 0 other items, 1 objects in the bucket, 0 dead letters`,
      'functions that were running may have written something since; the poller removes it.',
      expect.stringMatching(/^Run this again after 20\d\d-.*: it must find nothing$/),
      expect.stringMatching(/^point-in-time recovery holds it until 20\d\d-/),
    ]);
    expect(await reader.book('b')).toMatchObject({ status: 'FORGOTTEN' });
    expect(await reader.results('b')).toEqual([]);
    expect(stack.bodies.objects.size).toBe(0);
    expect((await forget('b')).document).toMatchObject({
      forgottenAt: document.forgottenAt,
      recoverableUntil: null,
      removed: { documents: 0, results: 0, payloads: 0, objects: 0, deadLetters: 0 },
    });
  });

  it.each([
    ['pk-007', true],
    ['pk-7', false],
  ])('is found by %s while it is polled: %s', async (pk, isPolled) => {
    if (!isPolled)
      await updateBook(
        stack.table,
        'b',
        (book) => book && { ...book, dueAt: undefined, dueShard: undefined },
      );
    expect((await forget(pk)).document).toMatchObject({ bookUuid: 'b', bookPk: '7' });
    expect(await stack.target.reader.documents('b')).toEqual([]);
  });

  it('leaves no payload of an event that names a document of it by its second uuid only', async () => {
    const harness = createHarness(stack.table, { bodies: stack.bodies });
    saysPersonal(harness);
    const both = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd', docUuid: 'second' });
    // It is received again, because Ocrolus has no results of the document, and has told the second uuid by then.
    await receive(harness, [both]);
    const text = JSON.stringify({ event_name: 'document.upload_failed', doc_uuid: 'second', name: 'NORA' });
    const alone = { payload: { encoding: 'utf8', body: text }, deliveryId: 'alone' } as const;
    const ids = { docUuid: 'second' };
    expect(await receive(harness, [delivery('document.upload_failed', ids, alone)])).toEqual([]);
    expect(JSON.stringify(await stack.target.reader.events('account'))).toContain('alone');
    await forget('b');
    const left = [];
    for await (const item of stack.table.query({ bookId: 'account' })) left.push(item);
    expect(JSON.stringify(left)).not.toContain('NORA');
  });

  it('is counted before it is removed: as --dry-run says, even if the poller removes it meanwhile', async () => {
    const { bucket } = stack.bodies;
    // One that no item points to, and one that a dead letter and its entry in the ledger point to.
    await stack.bodies.put('results/b/streamed/x', Buffer.from('x'));
    await stack.bodies.put('deliveries/abc', Buffer.from('{"event":"DOC_VERIFIED","uploaded_doc_uuid":"d"}'));
    const large = { encoding: 's3', bucket, key: 'deliveries/abc', bytes: 5 } as const;
    const letter = delivery('DOC_VERIFIED', { uploadedDocUuid: 'd' }, { deliveryId: 'dead', payload: large });
    await stack.dead('doc-verified', letter);
    await stack.past(letter, { code: 'http-500' });
    const { document, text } = await ops<{ removed: object }>(stack.target, 'forget b --dry-run');
    expect(document).toMatchObject({ forgottenAt: null, dryRun: true });
    expect(text).toContain('would be removed: 2 documents');
    const results = (await stack.target.reader.results('b')).length;
    expect(document.removed).toEqual({
      ...{ documents: 2, results, payloads: 2, objects: 3, others: 0, elsewhere: 0, deadLetters: 1 },
    });
    const put: typeof stack.table.put = async (item, condition) => {
      const written = await stack.table.put(item, condition);
      if ('forgottenAt' in item) await removeBookData(stack.table, stack.bodies, item.bookId);
      return written;
    };
    const swept = { ...stack.target, table: () => ({ ...stack.table, put }) };
    expect((await ops(swept, 'forget b')).document).toMatchObject({ removed: document.removed });
    expect(await stack.inDlq()).toBe(0);
    expect(stack.bodies.objects.size).toBe(0);
  });
});

describe('dead letters', () => {
  const dead = (ids: Envelope['ids'], deliveryId = '1') => delivery('DOC_VERIFIED', ids, { deliveryId });

  it('of every queue that are about the book go, and the others stay, to be seen at once', async () => {
    await storeBook();
    const { bucket } = stack.bodies;
    await stack.bodies.put('deliveries/abc', Buffer.from('large'));
    const large = { encoding: 's3', bucket, key: 'deliveries/abc', bytes: 5 } as const;
    await stack.dead(
      'doc-verified',
      dead({ bookUuid: 'b' }, '1'),
      dead({ bookPk: '7' }, '2'),
      dead({ uploadedDocUuid: 'd' }, '3'),
      { ...dead({ bookUuid: 'b' }, '4'), payload: large },
      { ...dead({ bookUuid: 'b' }, 'poll'), source: 'poll' },
      dead({ bookUuid: 'other', uploadedDocUuid: 'd' }, '5'),
      dead({ uploadedDocUuid: 'of-another' }, '6'),
      'no envelope',
    );
    await stack.dead('book-verified', dead({ bookUuid: 'b' }, '7'));
    expect((await forget('b')).document).toMatchObject({ removed: { deadLetters: 6, objects: 2 } });
    expect(await stack.inDlq()).toBe(3);
    expect(await stack.inDlq('book-verified')).toBe(0);
  });

  it('that name both ids go, also when only the pk is given and the uuid is not known here', async () => {
    const both = [dead({ bookUuid: 'b', bookPk: '7' }), dead({ bookUuid: 'other', bookPk: '8' })];
    await stack.dead('doc-verified', ...both, dead({ bookUuid: 'other' }));
    const { document, text } = await forget('pk-7');
    expect(document).toMatchObject({ bookUuid: null, bookPk: '7', removed: { deadLetters: 1 } });
    expect(text).toContain('its uuid is not known here: the poller asks Ocrolus for it');
    expect(await stack.inDlq()).toBe(2);
  });

  it.each([
    [B, [`of another version: ${B}`, 'of another book']],
    // A short id may be a part of another word.
    ['b', ['of another book, b-2', '{"book":"B"}']],
  ])('that cannot be read go when the uuid %s is a word in them', async (uuid, letters) => {
    await storeBook();
    await stack.dead('unrecognized', ...letters);
    expect((await forget(uuid)).document).toMatchObject({ removed: { deadLetters: 1 } });
    expect(await stack.inDlq('unrecognized')).toBe(1);
  });
});

describe('a book that is not stored', () => {
  it('needs to be confirmed for the local stack, too, because its id may be wrong', async () => {
    const preview = await forget(`${B} --dry-run`);
    expect(preview.text).toContain('nothing is stored of it');
    expect(preview.plans).toEqual([]);
    expect(await forget(B)).toMatchObject({
      document: { isUnknown: true },
      text: expect.stringContaining('nothing was stored of it; it will never be stored'),
      plans: [expect.stringMatching(/^anywhere: forget permanently\n.*\n.*\nnothing is stored of it/)],
    });
    const again = await forget(B);
    expect(again).toMatchObject({
      document: { isUnknown: false },
      plans: [expect.stringMatching(/^forget/)],
    });
  });

  it('of which a dead letter is there is no wrong id', async () => {
    await stack.dead('doc-verified', delivery('DOC_VERIFIED', { bookUuid: B }));
    expect((await forget(B)).document).toMatchObject({ isUnknown: false, removed: { deadLetters: 1 } });
  });

  it('is not stored later', async () => {
    const { text } = await forget(B.replaceAll('-', '').toUpperCase());
    expect(text).toContain(`book ${B}: forgotten since`);
    expect(text).toContain('removed: 0 documents');
    expect(await stack.target.reader.book(B)).toMatchObject({ status: 'FORGOTTEN', account: 'unknown' });
  });

  test.each(['account', 'circuit', 'limiter', 'poller', 'no-such-book', ''])(
    '%j is refused',
    async (name) => {
      await stack.past(delivery('DOC_VERIFIED', {}), { bookId: 'account', outcome: 'refused' });
      await expect(ops(stack.target, ['forget', name])).rejects.toMatchObject({ name: 'UsageError' });
      expect(await stack.target.reader.events('account')).toHaveLength(1);
    },
  );
});

it('a body in the bucket of another stack is reported', async () => {
  await updateBook(stack.table, 'b', () => newBook('b', { bookUuid: 'b' }, WRITER));
  const elsewhere = { encoding: 's3', bucket: 'of-another-stack', key: 'deliveries/abc', bytes: 5 } as const;
  await stack.past(delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { payload: elsewhere }));
  const { document, text } = await forget('b');
  expect(document).toMatchObject({ removed: { elsewhere: 1, payloads: 1 } });
  expect(text).toContain('1 bodies are in the bucket of another stack');
});
