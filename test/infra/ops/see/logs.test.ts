import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { readPollerRuns } from '../../../../infra/ops/logs/function-logs.ts';
import { openLocalLogs } from '../../../../infra/ops/logs/local-logs.ts';
import { logFile } from '../../../../infra/running-stacks/data-dir.ts';
import { second } from '../../../shared/store/testing/observations.ts';
import { useFolder } from '../../../testing/folder.ts';
import { fakeLogs, fakeTarget, ops, streamOf } from '../fake-target.ts';

const folder = useFolder(beforeAll);
beforeAll(() => writeFile(logFile(folder()), [...LINES, ''].join('\n')));

const line = (n: number, name: string, message: string, fields: object = {}) =>
  `${second(n)} [${name}] ${JSON.stringify({ timestamp: second(n), level: 'INFO', message, ...fields })}`;
/** As a delivery can name its event. */
const EVIL = 'X \u001b[31mred\u001b[0m \n evil line';
const SHOWN = String.raw`X \u001b[31mred\u001b[0m \u000a evil line`;
const QUEUED = { requestId: 'r', deliveryId: 'one', eventName: 'DOC_VERIFIED', bookUuid: 'b' };
const FAILED = { deliveryId: 'one', bookUuid: 'b', code: 'http-403', level: 'WARN' };
const PUBLISHED = { detailType: 'result.stored', bookUuid: 'b', sha256: 'a1', kind: 'summary', subject: 'b' };
const LINES = [
  line(1, 'webhook', 'delivery queued', QUEUED),
  `${second(2)} [queues] batch failed`,
  `${second(3)} [webhook] {"_aws":{"Timestamp":1},"DeliveryQueued":1}`,
  line(4, 'doc-verified', 'retry scheduled', FAILED),
  line(5, 'doc-verified', 'delivery processed', { deliveryId: 'one', bookPk: '7', outcome: 'applied' }),
  `${second(6)} [webhook] not JSON: ümlaut`,
  line(1, 'rotation', 'delivery queued', { eventName: EVIL }),
  line(6, 'publisher', 'event published', PUBLISHED),
];

const target = () => fakeTarget({ logs: openLocalLogs(folder()) });

describe('logs', () => {
  const logs = (options: string, since = second(0)) =>
    ops<unknown[]>(target(), `logs --since ${since} ${options}`);

  it('are the lines of one function, without metrics', async () => {
    const { document, text } = await logs('webhook');
    expect(document).toMatchObject([{ at: second(1) }, { at: second(6), text: 'not JSON: ümlaut' }]);
    expect(text.split('\n')).toEqual([
      `${second(1)} INFO  delivery queued requestId=r deliveryId=one eventName=DOC_VERIFIED bookUuid=b`,
      `${second(6)} not JSON: ümlaut`,
    ]);
  });

  it('are limited by time and text', async () => {
    expect((await logs('webhook', second(2))).document).toHaveLength(1);
    expect((await logs('doc-verified --grep http-403')).document).toHaveLength(1);
  });

  it('show what a terminal would obey, and obey nothing', async () => {
    expect((await logs('rotation')).text).toBe(`${second(1)} INFO  delivery queued eventName=${SHOWN}`);
  });

  it('of an unknown function are refused', async () => {
    await expect(logs('queues')).rejects.toThrow('function is one of: webhook poller');
  });
});

/** Reads what a command prints until it has so many lines, presses Ctrl-C, and reads the rest. */
async function untilInterrupted(call: string, count: number, onLine: (line: string) => void = () => {}) {
  const lines: string[] = [];
  for await (const chunk of await streamOf(target(), call)) {
    lines.push(String(chunk).trimEnd());
    onLine(String(chunk));
    if (lines.length === count) process.emit('SIGINT');
  }
  expect(process.listenerCount('SIGINT')).toBe(0);
  return lines;
}

describe('tail', () => {
  it('shows what happens, as it happens, and Ctrl-C ends it', async () => {
    const lines = await untilInterrupted(`tail --since ${second(0)}`, 6, (shown) => {
      // As if the poller ran now.
      if (shown.includes('applied'))
        void appendFile(logFile(folder()), `${line(9, 'poller', 'polled', { polled: 3 })}\n`);
    });
    expect(lines).toEqual([
      `${second(1)} queued    DOC_VERIFIED b one`,
      `${second(4)} retry     doc-verified b http-403 one`,
      `${second(5)} processed doc-verified pk-7 applied one`,
      `${second(1)} queued    ${SHOWN}`,
      `${second(6)} published result.stored b kind=summary subject=b`,
      `${second(9)} polled    poller polled=3`,
    ]);
  });

  it('--json prints one document per line', async () => {
    const [first] = await untilInterrupted(`tail --json --since ${second(4)}`, 1);
    expect(JSON.parse(first ?? '')).toEqual({
      ...{ at: second(4), what: 'retry', function: 'doc-verified' },
      ...{ bookId: 'b', deliveryId: 'one', code: 'http-403' },
    });
  });

  it('logs --follow does the same', async () => {
    const follow = `logs doc-verified --follow --since ${second(0)}`;
    expect(await untilInterrupted(follow, 2)).toHaveLength(2);
  });

  it('without a log of the local stack it fails', async () => {
    const stream = await streamOf(fakeTarget({ logs: openLocalLogs(join(folder(), 'none')) }), 'tail');
    await expect(text(stream)).rejects.toThrow('ENOENT');
  });
});

test('runs of the poller are read from its log, newest first, each with the lists that it could not read', async () => {
  const run = (n: number, requestId: string, message: string, fields: object) => ({
    ...{ at: second(n), function: 'poller' },
    text: line(n, 'poller', message, { requestId, ...fields }).replace(/^.*?\] /, ''),
  });
  const logs = fakeLogs([
    run(1, 'one', 'polled', { discovered: 2, polled: 3, isBehind: true }),
    run(2, 'two', 'polled', { discovered: 0, polled: 0, isBehind: false }),
    run(3, 'one', 'discovery stopped', { account: 'default', code: 'auth' }),
    run(4, 'lost', 'discovery stopped', { account: 'default', code: 'auth' }),
    run(5, 'two', 'polled a page', {}),
  ]);
  expect(await readPollerRuns({ logs }, second(0), new AbortController().signal)).toEqual([
    { requestId: 'two', at: second(2), discovered: 0, polled: 0, isBehind: false, problems: [] },
    {
      requestId: 'one',
      at: second(1),
      discovered: 2,
      polled: 3,
      isBehind: true,
      problems: ['default (auth)'],
    },
  ]);
});
