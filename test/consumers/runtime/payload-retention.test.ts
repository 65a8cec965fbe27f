import { beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  const { dependencies, ...rest } = createStage(await memoryTable());
  stage = {
    ...rest,
    dependencies: { ...dependencies, settings: { ...dependencies.settings, PAYLOAD_DAYS: 30 } },
  };
});

const payload = { encoding: 'utf8', body: '{"borrower":"Jane Doe"}' } as const;
const event = (more: Partial<Envelope>) => delivery('book.verified', { bookUuid: 'b' }, more);

/** For how many days the only entry of the ledger is kept. */
async function keptDays(bookId: string): Promise<number> {
  const [entry] = await stage.reader.events(bookId);
  if (entry === undefined) throw new Error('no entry');
  return (entry.expiresAt - Math.floor(Date.parse(entry.processedAt) / 1000)) / 86_400;
}

describe('where the stage limits for how long payloads are kept, the entry of', () => {
  it('a finished delivery is kept as long', async () => {
    await receive(stage, [delivery('no.such.event', {}, { payload })]);
    expect(await keptDays('account')).toBe(30);
  });

  it('a delivery that is being retried is kept as long', async () => {
    stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 503, body: {} });
    expect(await receive(stage, [event({ payload })])).toEqual(['message-0']);
    expect(await keptDays('b')).toBe(30);
  });

  it('a delivery without payload is kept as long as the ledger', async () => {
    await receive(stage, [delivery('no.such.event', {})]);
    expect(await keptDays('account')).toBe(180);
  });
});
