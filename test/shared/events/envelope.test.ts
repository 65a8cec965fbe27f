import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Envelope } from '../../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { readIds } from '../../../shared/events/read-ids.ts';
import { delivery } from './testing/delivery.ts';

/** Any sequence of code units, halves of surrogate pairs among them. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0xfffe, 0xffff, 0xd800, 0xdfff)))
  .map((units) => String.fromCharCode(...units));

function envelopeOf(text: string): Envelope {
  return delivery(
    text,
    { bookUuid: text },
    {
      deliveryId: text,
      status: text,
      payload: { encoding: 'utf8', body: text },
      unrecognized: text,
      urgent: true,
    },
  );
}

describe('a message', () => {
  it('comes back as it went, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const envelope = envelopeOf(text);
        expect(Envelope.parse(JSON.parse(serialiseEnvelope(envelope)))).toEqual(envelope);
      }),
      { numRuns: 1000 },
    );
  });

  it('has no character that SQS refuses', () => {
    // AWS, SendMessage: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF
    const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
    fc.assert(
      fc.property(anyText, (text) => {
        const message = serialiseEnvelope(envelopeOf(text));
        expect(message).toMatch(allowed);
        // The length is what SQS counts.
        expect(Buffer.byteLength(message)).toBe(message.length);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    { version: 2 },
    { channel: 'nowhere' },
    { source: 'elsewhere' },
    { payload: { encoding: 'utf16', body: '' } },
    { deliveryId: 5 },
  ])('%j is not an envelope', (fault) => {
    expect(Envelope.safeParse({ ...envelopeOf('x'), ...fault }).success).toBe(false);
  });
});

describe('the message group', () => {
  const account = 'default';

  it('is the book, by uuid before pk, else the account', () => {
    expect(messageGroupId({ account, ids: { bookUuid: 'u', bookPk: '7' } })).toBe('u');
    expect(messageGroupId({ account, ids: { bookPk: '7' } })).toBe('7');
    expect(messageGroupId({ account, ids: { uploadedDocPk: '7' } })).toBe(account);
  });

  it('is legal whatever the ids of a body are', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ minLength: 100, maxLength: 300 }), fc.nat()), (id) => {
        const group = messageGroupId({ account, ids: readIds({ book_uuid: id, book_pk: id }) });
        expect(group).toMatch(/^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('is legal for a long account, too', () => {
    expect(messageGroupId({ account: 'ä'.repeat(200), ids: {} })).toBe('_'.repeat(128));
  });

  it('is one for all spellings of a book', () => {
    const uuid = '371AB5BC-B22A-522A-A19B-AE78C1BBDB9F';
    const groups = [uuid, uuid.toLowerCase(), uuid.replaceAll('-', '')].map((book_uuid) =>
      messageGroupId({ account, ids: readIds({ book_uuid }) }),
    );
    expect(new Set(groups).size).toBe(1);
  });
});
