import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BusEvent, serveEventBus } from '../../../../infra/local/backends/event-bus.ts';
import { ACCESS } from '../../../../infra/running-stacks/access.ts';
import { useFolder } from '../../../testing/folder.ts';

const folder = useFolder();
let bus: Awaited<ReturnType<typeof serveEventBus>>;
let client: EventBridgeClient;
beforeEach(async () => {
  const file = join(folder(), 'events.jsonl');
  await writeFile(file, 'events of an earlier run\n', { mode: 0o644 });
  bus = await serveEventBus(file);
  client = new EventBridgeClient({ ...ACCESS, endpoint: bus.url });
});
afterEach(async () => {
  client.destroy();
  await bus.stop();
});

const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
const stored = (Detail: string): PutEventsRequestEntry => ({
  EventBusName: 'ocrolus-dev',
  Source: 'ocrolus-webhooks',
  DetailType: 'result.stored',
  Detail,
});
const readEvents = async (): Promise<BusEvent[]> =>
  (await readFile(bus.file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('an event is in the file as the target of a rule receives it', async () => {
  const Time = new Date('2026-03-02T08:00:00Z');
  const { FailedEntryCount, Entries } = await put({
    ...stored('{"kind":"summary"}'),
    Time,
    Resources: ['arn:aws:s3:::bodies'],
  });
  expect(FailedEntryCount).toBe(0);
  expect(await readEvents()).toEqual([
    {
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'result.stored',
      source: 'ocrolus-webhooks',
      account: '000000000000',
      time: '2026-03-02T08:00:00Z',
      region: 'us-east-1',
      resources: ['arn:aws:s3:::bodies'],
      detail: { kind: 'summary' },
    },
  ]);
  expect((await stat(bus.file)).mode & 0o777).toBe(0o600);
});

test('a listener gets each event of any bus, until it is removed', async () => {
  const events: BusEvent[] = [];
  const removeListener = bus.onEvent((event) => events.push(event));
  const EventBusName = 'arn:aws:events:eu-west-1:111122223333:event-bus/theirs';
  await put(stored('{"n":1}'), { ...stored('{"n":2}'), EventBusName });
  expect(events.map(({ detail }) => detail)).toEqual([{ n: 1 }, { n: 2 }]);
  removeListener();
  await put(stored('{"n":3}'));
  expect(events).toHaveLength(2);
  expect(await readEvents()).toHaveLength(3);
});

test('an entry that AWS refuses fails alone', async () => {
  const { Source: _, ...unsigned } = stored('{}');
  const { FailedEntryCount, Entries } = await put(
    stored('{"n":1}'),
    unsigned,
    { ...stored('{}'), DetailType: '' },
    stored(''),
    stored('{"n":'),
    stored('[1]'),
    stored('{"n":2}'),
  );
  expect(FailedEntryCount).toBe(5);
  expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'InvalidArgument',
    'InvalidArgument',
    'InvalidArgument',
    'MalformedDetail',
    'MalformedDetail',
    undefined,
  ]);
  expect(Entries?.[1]?.ErrorMessage).toContain('Source is a required argument');
  expect((await readEvents()).map(({ detail }) => detail)).toEqual([{ n: 1 }, { n: 2 }]);
});

test.each([0, 11])('a request with %i entries is refused', async (count) => {
  const entries = Array.from({ length: count }, () => stored('{}'));
  await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await readEvents()).toEqual([]);
});

test('the file starts empty', async () => {
  expect(await readFile(bus.file, 'utf8')).toBe('');
});
