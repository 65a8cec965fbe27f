import { randomUUID } from 'node:crypto';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jsonSchemas } from '../../infra/docs/json-schemas.ts';
import type { BusEvent } from '../../infra/local/backends/event-bus.ts';
import { newBook } from '../../infra/local/ocrolus/control/control.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { type Running, startRunning } from './testing/running.ts';

const PATIENCE = { timeout: 45_000, interval: 50 };

describe('published events', () => {
  let running: Running;
  const received: BusEvent[] = [];
  const valid = new Map<string, ValidateFunction>();

  beforeAll(async () => {
    for (const [name, text] of Object.entries(jsonSchemas())) {
      const [, type] = /^published\/(.*)\.v1\.schema\.json$/.exec(name) ?? [];
      const ajv = new Ajv2020({ validateFormats: false });
      if (type !== undefined) valid.set(type, ajv.compile(JSON.parse(text)));
    }
    running = await startRunning({ environment: { TIME_SCALE: String(1 / 60) } });
    running.stack.events.onEvent((event) => received.push(event));
  });
  afterAll(() => running?.stop());

  const about = (bookId: string) => received.filter(({ detail }) => detail.bookId === bookId);
  const typesOf = (events: readonly BusEvent[]) => events.map((event) => event['detail-type']);

  /** A book that is complete in the table, and of which everything is published that has happened until now. */
  async function completeBook(): Promise<string> {
    const documents = [{ kind: 'bank-statement' as const }, { kind: 'form' as const }];
    const book = newBook(running.simulator, { name: 'Smith & Sons', documents, steps: 'all' });
    await vi.waitFor(async () => {
      await running.stack.invokePoller();
      expect(await running.reader.book(book.uuid)).toMatchObject({ complete: true });
    }, PATIENCE);
    await running.drained();
    await settled();
    return book.uuid;
  }

  /** Resolves when what was written until now is published: changes are published in their order. */
  async function settled(): Promise<void> {
    const bookId = randomUUID();
    const now = new Date().toISOString();
    const more = { account: 'default', status: 'MARK', generation: 1, updatedAt: now, createdAt: now };
    await running.table.put({ bookId, item: BOOK_ITEM, ...more });
    await vi.waitFor(() => expect(typesOf(about(bookId))).toContain('book.status_changed'), PATIENCE);
  }

  it('come once each in the quiet case, valid, and without a name', async () => {
    const bookId = await completeBook();
    const events = about(bookId);
    for (const { detail, ...event } of events) {
      expect(event.source).toBe('ocrolus-webhooks');
      const fits = valid.get(event['detail-type']);
      expect(fits?.(detail), JSON.stringify(fits?.errors)).toBe(true);
    }
    expect(JSON.stringify(received)).not.toContain('Smith');

    const stored = (await running.reader.results(bookId)).map(({ kind, subject, sha256 }) => ({
      kind,
      subject,
      sha256,
    }));
    const published = events.filter((event) => event['detail-type'] === 'result.stored');
    const named = published.map(({ detail: { kind, subject, sha256 } }) => ({ kind, subject, sha256 }));
    const sorted = (some: readonly object[]) => some.map((one) => JSON.stringify(one)).sort();
    expect(stored.length).toBeGreaterThan(5);
    expect(sorted(named)).toEqual(sorted(stored));

    const statuses = events.filter((event) => event['detail-type'] === 'book.status_changed');
    const names = statuses.map(({ detail }) => detail.status);
    expect(new Set(names).size).toBe(names.length);
    const book = await running.reader.book(bookId);
    expect(names.at(-1)).toBe(book?.status);
    const complete = events.filter((event) => event['detail-type'] === 'book.complete');
    expect(complete.at(-1)?.detail).toMatchObject({ status: book?.status, completeAt: book?.completeAt });
    expect(complete.map(({ detail }) => detail.generation)).toEqual([
      ...new Set(complete.map(({ detail }) => detail.generation)),
    ]);
  });

  it('come at least once if the publisher is killed', async () => {
    let kills = 0;
    const stop = running.stack.events.onEvent(() => {
      // Before it has answered: the batch is repeated.
      if (kills < 5) void running.stack.killEnvironment('publisher');
      kills += 1;
    });
    const bookId = await completeBook();
    stop();
    const events = about(bookId);
    for (const { kind, subject, sha256 } of await running.reader.results(bookId)) {
      const detail = expect.objectContaining({ kind, subject, sha256 });
      expect(events).toContainEqual(expect.objectContaining({ 'detail-type': 'result.stored', detail }));
    }
    expect(typesOf(events)).toContain('book.complete');
    const changes = Map.groupBy(events, (event) => `${event['detail-type']} ${event.detail.changeId}`);
    const repeated = [...changes.values()].filter((all) => all.length > 1);
    expect(repeated.length).toBeGreaterThan(0);
    for (const [first, ...others] of repeated)
      for (const { detail } of others) expect(detail).toEqual(first?.detail);
  });
});
