import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { simulatorRoutes } from '../../../infra/local/ocrolus/control/routes.ts';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/simulator.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import { serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import { delivery } from '../../shared/events/testing/delivery.ts';
import { startReceiver } from '../local/ocrolus/testing/receiver.ts';
import { fakeReader, fakeTarget, ops } from './fake-target.ts';
import { useStack } from './testing/stack.ts';

const stack = useStack('book-results');

let simulator: Simulator;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let target: Target;
beforeEach(async () => {
  receiver = await startReceiver(200);
  simulator = await startSimulator({ retryDelayMs: 10 });
  simulator.setWebhook({ url: receiver.url });
  const routes = simulatorRoutes(simulator);
  target = fakeTarget({
    async simulate(method, path, body) {
      const answer = await routes.request(path, { method, body: JSON.stringify(body) ?? null });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
  });
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

const trigger = (call: string) => ops<{ uuid: string; deliveries?: string[] }>(target, `trigger ${call}`);

const book = () => {
  const [first] = simulator.books;
  if (first === undefined) throw new Error('no book was made');
  return first;
};

describe('a book', () => {
  it('is created as requested, announced, and runs through all steps', async () => {
    const { document, text } = await trigger('book --documents 2 --rows 31');
    expect(document).toEqual({ uuid: book().uuid, event: null, fault: null });
    expect(text).toContain(book().uuid);
    expect(book().documents.map(({ rows }) => rows)).toEqual([16, 15]);
    await expect.poll(() => book().isCompleted).toBe(true);
    await simulator.deliveries.idle();
    expect(new Set(simulator.deliveries.all.map(({ eventName }) => eventName))).toEqual(
      new Set([
        'document.upload_succeeded',
        'document.classification_succeeded',
        'book.classified',
        'DOC_VERIFIED',
        'BOOK_VERIFIED',
        'book.analytics_v2.generated',
        'document.detect.signal_not_found',
        'book.detect.signal_not_found',
        'book.completed',
      ]),
    );
  });

  it.each([
    ['429', 'rate-limited', () => undefined],
    ['500', 'server-error', () => undefined],
    ['403', 'forbidden', () => undefined],
    // Other books are not affected.
    ['too-early', 'not-ready', () => `/v2/book/${book().uuid}/`],
  ])('can meet calls that fail, which ends by itself: %s', async (name, fault, path) => {
    await trigger(`book --fault ${name}`);
    const [only, ...others] = simulator.faults.active;
    expect(only).toMatchObject({ rule: { fault }, left: 5 });
    expect([only?.rule.path, others]).toEqual([path(), []]);
  });

  it('is followed until everything is stored, which is shown', async () => {
    let readings = 0;
    const reader = fakeReader({
      book: async () => ({ complete: ++readings > 1 }) as never,
      results: async () => [{ kind: 'summary', subject: 's', bytes: 12 }] as never,
    });
    target = fakeTarget({ simulate: target.simulate, reader });
    const { document, text, isProblem } = await trigger('book --wait');
    expect(isProblem).toBe(false);
    expect(document).toMatchObject({ complete: true, results: [{ kind: 'summary', bytes: 12 }] });
    expect(text).toContain('everything is stored');
    expect(text).not.toContain(book().name);
  });

  it('is shown with every delivery, also one that is in the ledger later than its results', async () => {
    await stack.target.sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.urls().url,
        MessageBody: serialiseEnvelope(delivery('poll.results', { bookUuid: 'b' })),
      }),
    );
    const events = async () =>
      (await stack.queued()) > 0
        ? []
        : ([{ eventName: 'poll.results', source: 'poll', outcome: 'applied' }] as EventItem[]);
    const reader = fakeReader({ book: async () => ({ complete: true }) as never, events });
    const { sqs, queues } = stack.target;
    target = {
      ...fakeTarget({ simulate: target.simulate, reader, sqs }),
      // The consumer finishes while the command looks at the queues.
      get queues() {
        void stack.take();
        return queues;
      },
    };
    expect((await trigger('book --wait')).text).toMatch(/poll.results +poll +applied/);
  });

  it('that is not stored in time is a problem, of which the wait says at the start how it may come', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const missing = async () => [{ kind: 'signals', subject: 's', code: '425' }] as never;
    target = { ...target, reader: fakeReader({ missing }), pollSeconds: 300 };
    const { document, text, isProblem } = await trigger('book --wait --patience 1');
    expect(said).toHaveBeenCalledWith(
      `waiting until book ${document.uuid} is finished and stored, for at most 1 s; the poller runs every 300 s, ` +
        'which may be too slow: POLL_SECONDS of "npm run local" sets it\n',
    );
    said.mockRestore();
    expect(isProblem).toBe(true);
    expect(text).toMatch(/signals +s +missing 425/);
  });
});

describe('an event', () => {
  it('is sent about a new, finished book that no other webhook mentions', async () => {
    const { document, text } = await trigger('doc_verified');
    expect(book()).toMatchObject({ uuid: document.uuid, isCompleted: true });
    expect(simulator.deliveries.all.map((sent) => [sent.eventName, sent.deliveryId])).toEqual([
      ['DOC_VERIFIED', document.deliveries?.[0]],
    ]);
    expect(text).toBe(`DOC_VERIFIED about ${document.uuid}: delivered`);
  });

  it('is sent about an existing book', async () => {
    const { uuid } = simulator.addBook({ documents: [{}] }, { deliver: false });
    expect((await trigger(`book.verified --book ${uuid.toUpperCase()}`)).document.uuid).toBe(uuid);
    expect(simulator.books).toHaveLength(1);
  });

  it('is followed to the end of its delivery', async () => {
    let readings = 0;
    const events = async () =>
      simulator.deliveries.all.map(({ deliveryId }) => ({
        deliveryId,
        eventName: 'DOC_VERIFIED',
        source: 'webhook',
        outcome: ++readings > 1 ? 'applied' : 'retrying',
      })) as EventItem[];
    target = fakeTarget({ simulate: target.simulate, reader: fakeReader({ events }) });
    expect((await trigger('DOC_VERIFIED --wait')).text).toMatch(/DOC_VERIFIED +webhook +applied/);
  });

  it('about a forgotten book is a problem, because nothing is stored', async () => {
    const { uuid } = simulator.addBook({ documents: [{}] }, { deliver: false });
    const forgottenAt = '2026-03-02T08:00:00.000Z';
    const reader = fakeReader({ book: async () => ({ status: 'FORGOTTEN', forgottenAt }) as never });
    target = fakeTarget({ simulate: target.simulate, reader });
    const { text, isProblem, document } = await trigger(`DOC_VERIFIED --wait --book ${uuid}`);
    expect(isProblem).toBe(true);
    expect(document).toMatchObject({ forgottenAt });
    expect(text).toContain(`${uuid}: forgotten since ${forgottenAt}, so nothing of it is stored`);
    expect(text).not.toContain('everything is stored');
  });

  it('that the webhook refuses is an error', async () => {
    const refusing = await startReceiver(401);
    simulator.setWebhook({ url: refusing.url });
    await expect(trigger('DOC_VERIFIED')).rejects.toThrow(/was not accepted: given-up/);
    await refusing.close();
  });
});

it.each([
  ['DOC_VERIFYED', /no event DOC_VERIFYED \(Did you mean DOC_VERIFIED\?\)/],
  ['DOC_VERIFIED --fault lose', /is for a book/],
  ['book --book x', /--book is for an event/],
  ['DOC_VERIFIED --book x --rows 3', /leave out --book/],
  ['book --fault explode', /Allowed choices are lose, duplicate/],
])('%s is a wrong call', async (call, message) => {
  await expect(trigger(call)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message),
  });
  expect(simulator.books).toEqual([]);
});

it('a stage has no simulator', async () => {
  await expect(ops(fakeTarget(), 'trigger book')).rejects.toThrow(/no simulator/);
});
