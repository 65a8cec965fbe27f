import { beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  const { dependencies, ...rest } = createHarness(await memoryTable());
  harness = {
    ...rest,
    dependencies: { ...dependencies, settings: { ...dependencies.settings, PAYLOAD_DAYS: 30 } },
  };
});

const payload = { encoding: 'utf8', body: '{"borrower":"Jane Doe"}' } as const;
const event = (more: Partial<Envelope>) => delivery('book.verified', { bookUuid: 'b' }, more);

/** Days for which the only entry of the ledger is kept. */
async function keptDays(bookId: string): Promise<number> {
  const [entry] = await harness.reader.events(bookId);
  if (entry === undefined) throw new Error('no entry');
  return (entry.expiresAt - Math.floor(Date.parse(entry.processedAt) / 1000)) / 86_400;
}

describe('where the settings limit how long payloads are kept, the entry of', () => {
  it('a finished delivery is kept as long', async () => {
    await receive(harness, [delivery('no.such.event', {}, { payload })]);
    expect(await keptDays('account')).toBe(30);
  });

  it('a delivery that is being retried is kept as long', async () => {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 503, body: {} });
    expect(await receive(harness, [event({ payload })])).toEqual(['message-0']);
    expect(await keptDays('b')).toBe(30);
  });

  it('a delivery without payload is kept as long as the ledger', async () => {
    await receive(harness, [delivery('no.such.event', {})]);
    expect(await keptDays('account')).toBe(180);
  });
});
