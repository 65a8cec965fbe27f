import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseUuid } from '../../shared/events/read-ids.ts';
import { type Running, startRunning } from './testing/running.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/events/_odd');
const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const DOCUMENTS = ['07ce7a49-85d4-50a6-bcb1-4e5fe2036e0b', '691b93d7-e757-5fea-89fa-5657f004d901'];
const LOST = { deliver: false };

/** The partition that a body's delivery belongs to, as docs/data-model.md has it. */
function bookIdOf(body: Buffer): string {
  try {
    const { book_uuid: uuid } = JSON.parse(body.toString('utf8')) as { book_uuid?: unknown };
    return normaliseUuid(uuid) ?? 'account';
  } catch {
    return 'account';
  }
}

describe('odd bodies', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning();
    const { simulator } = running;
    const documents = DOCUMENTS.map((uuid) => ({ uuid, kind: 'form' as const }));
    simulator.addBook({ uuid: BOOK, pk: '48210457', documents }, LOST);
    await simulator.verifyBook(BOOK, LOST);
    // Finishes everything that the bodies announce, so that nothing is pending.
    await simulator.completeAnalytics(BOOK, LOST);
    for (const uuid of DOCUMENTS) await simulator.runDetect(uuid, 'found', LOST);
  });
  afterAll(() => running?.stop());

  for (const name of readdirSync(FOLDER).filter((file) => file !== 'test-ping.json')) {
    it(`${name}: signed it gets 200 and is in the ledger`, async () => {
      const body = readFileSync(join(FOLDER, name));
      const { status, deliveryId } = await running.post(new Uint8Array(body));
      expect(status).toBe(200);
      const entry = await running.ledgerOf(bookIdOf(body), deliveryId);
      if (typeof entry.payload === 'string') expect(entry.payload).toBe(body.toString('utf8'));
      else expect(entry.payload).toMatchObject({ key: expect.stringMatching(/^deliveries\//) });
    });

    it(`${name}: unsigned it gets 401 and leaves nothing`, async () => {
      const before = await ledgerSize(running);
      const headers = { 'Content-Type': 'application/json' };
      const body = new Uint8Array(readFileSync(join(FOLDER, name)));
      const answer = await fetch(running.stack.webhookUrl, { method: 'POST', body, headers });
      expect([answer.status, await answer.text()]).toEqual([401, '{"error":"unauthorized"}']);
      await running.drained();
      expect(await ledgerSize(running)).toBe(before);
    });
  }

  it('the test ping gets 200 and is nowhere', async () => {
    await running.drained();
    const before = await ledgerSize(running);
    const body = new Uint8Array(readFileSync(join(FOLDER, 'test-ping.json')));
    expect((await running.post(body)).status).toBe(200);
    await running.drained();
    expect(await ledgerSize(running)).toBe(before);
  });

  it('none of them made a Lambda fail or a message die', async () => {
    expect(await running.drained()).toBe(0);
    expect(running.logLines.filter((line) => /"level":"ERROR"|crash|timed out/i.test(line))).toEqual([]);
  });

  it('none of them is in a log', () => {
    const logged = running.logLines.join('\n');
    for (const secret of [running.stack.webhookSecret, 'Panadería', 'Riverside', 'simulator-client-secret']) {
      expect(logged).not.toContain(secret);
    }
  });
});

async function ledgerSize({ reader }: Running): Promise<number> {
  return (await reader.events(BOOK)).length + (await reader.events('account')).length;
}
