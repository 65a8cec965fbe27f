import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { CHANNELS } from '../../shared/events/channels.ts';
import { Envelope } from '../../shared/events/envelope.ts';
import { queueUrl } from '../simulation/system/settings.ts';
import { FINISHED_BOOKS } from './0.1.0/books/finished.ts';
import { OPEN_BOOKS } from './0.1.0/books/open.ts';
import { SHAPED_BOOKS } from './0.1.0/books/shaped.ts';
import { UNKNOWN_BOOKS } from './0.1.0/books/unknown.ts';
import { finishUpgrade } from './finish-upgrade.ts';
import { goesBackwards } from './never-backwards.ts';
import { isAvailable } from './played/played-book.ts';
import { availableResult, signalsRevision, storedResult } from './stored.ts';
import { readFixture, startUpgraded, type UpgradedSystem } from './upgraded-system.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Books that do not change are polled monthly. */
const DAYS = 45;

/** The accounts that are served when the fixture ends. An account `west` was served until a day before. */
const ACCOUNTS = ['north', 'south'];
const UPGRADED_BOOKS = [...FINISHED_BOOKS, ...OPEN_BOOKS, ...SHAPED_BOOKS, ...UNKNOWN_BOOKS];

const fixture = readFixture(join(import.meta.dirname, '0.1.0/fixture.json'));

describe('a stage of version 0.1.0 that is upgraded to this version', () => {
  let upgraded: UpgradedSystem;
  const backwards: string[] = [];

  beforeAll(async () => {
    upgraded = startUpgraded(fixture, ACCOUNTS);
    const { core, ocrolus, post } = upgraded;
    const { scheduler } = core.simulation;
    core.table.onChange((change) => backwards.push(...goesBackwards(change)));
    const startedAt = scheduler.now();
    for (const { ocrolus: book, shownAfterHours, later = [] } of UPGRADED_BOOKS) {
      if (shownAfterHours === undefined) ocrolus.set(book);
      else scheduler.at(startedAt + shownAfterHours * HOUR, () => ocrolus.set(book));
      for (const { event, ids } of later)
        scheduler.at(startedAt + HOUR, () => void post('north', { event_name: event, ...ids }));
    }
    await scheduler.run(startedAt + DAY);
    await finishUpgrade(upgraded);
    await scheduler.run(startedAt + DAYS * DAY);
  }, 120_000);

  describe.each(fixture.index)('$bookId: $shows', ({ bookId: partition }) => {
    const expected = UPGRADED_BOOKS.find((one) => one.bookId === partition);
    if (expected === undefined) throw new Error(`nothing is expected of ${partition}`);
    const bookId = expected.ocrolus.uuid;

    it(`ends as ${expected.status}`, async () => {
      const book = await upgraded.reader.book(bookId);
      expect(book?.status).toBe(expected.status);
      expect(book?.complete).toBe(expected.complete);
      if (expected.complete === true) {
        expect(book?.open).toEqual([]);
        expect(await upgraded.reader.missing(bookId)).toEqual([]);
      }
    });

    it('has every result that Ocrolus has', async () => {
      for (const name of expected.stored) {
        const available = availableResult(expected.ocrolus, name);
        expect(await storedResult(upgraded.reader, bookId, name), name).toEqual(available);
      }
    });

    it('has what Detect says of its documents', async () => {
      const documents = await upgraded.reader.documents(bookId);
      const signals = expected.ocrolus.answers.signals;
      for (const [docUuid, state] of Object.entries(expected.detected)) {
        const document = documents.find((one) => one.docUuid === docUuid);
        expect(document?.detect?.state, docUuid).toBe(state);
        const revision = await signalsRevision(upgraded.reader, bookId, { docUuid, state });
        expect(revision, docUuid).toBe(signals !== undefined && isAvailable(signals) ? signals.revision : 1);
      }
    });
  });

  it('replaces nothing that readers rely on by something older', () => {
    expect(backwards).toEqual([]);
  });

  it('leaves no message in a queue, and puts none into a dead-letter queue', () => {
    const { queues } = upgraded.core;
    expect(CHANNELS.map((channel) => queues.of(queueUrl(channel)).size)).toEqual(CHANNELS.map(() => 0));
    const dead = CHANNELS.map((channel) => queues.of(queueUrl(channel)).counts.dead);
    expect(dead).toEqual(CHANNELS.map(() => 0));
  });

  it('leaves nothing but the ledger and tombstones where no book was known', () => {
    const { table } = upgraded.core;
    const partitions = ['account', ...[...table.bookIds()].filter((bookId) => bookId.startsWith('pk-'))];
    const left = partitions.flatMap((bookId) => [...table.peekPartition(bookId)]);
    const isExpected = ({ item, status }: (typeof left)[number]) =>
      String(item).startsWith('EVENT#') || status === 'FORGOTTEN';
    expect(left.filter((one) => !isExpected(one))).toEqual([]);
  });

  it('has the outcome of every delivery that was in a queue', () => {
    const { table } = upgraded.core;
    const outcomes = new Map(
      [...table.bookIds()].flatMap((bookId) =>
        [...table.peekPartition(bookId, 'EVENT#')].map(({ deliveryId, outcome }) => [deliveryId, outcome]),
      ),
    );
    const deliveries = Object.values(fixture.queues)
      .flat()
      .map(({ body }) => Envelope.parse(body))
      .filter(({ source }) => source === 'webhook');
    expect(deliveries.length).toBeGreaterThan(15);
    for (const { deliveryId, eventName } of deliveries)
      expect(outcomes.get(deliveryId), eventName).toMatch(/^(?!retrying)\w/);
  });

  test.each(['forgotten', 'forgotten-by-pk', 'pk-90043', 'pk-90044'])('stores nothing of %s', (bookId) => {
    const { table } = upgraded.core;
    const items = [...table.peekPartition(bookId)].map(({ item }) => String(item).split('#')[0]);
    expect(items.filter((kind) => kind !== 'EVENT')).toEqual(['BOOK']);
    expect(table.peek({ bookId, item: 'BOOK' })).toMatchObject({ status: 'FORGOTTEN' });
  });
});
