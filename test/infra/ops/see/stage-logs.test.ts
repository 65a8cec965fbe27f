import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { LogLine } from '../../../../infra/ops/logs/function-logs.ts';
import { openStageLogs } from '../../../../infra/ops/logs/stage-logs.ts';
import { second } from '../../../shared/store/testing/observations.ts';
import { startHttpServer } from '../http-server.ts';

const Asked = z.object({
  logGroupName: z.string(),
  startTime: z.number(),
  filterPattern: z.string().optional(),
  nextToken: z.string().optional(),
});

interface Event {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Content of CloudWatch, by log group; a page has two lines. */
let held: Record<string, Event[]>;
let asked: z.infer<typeof Asked>[];
let server: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  server = await startHttpServer(({ body }) => {
    const request = Asked.parse(JSON.parse(body.toString()));
    asked.push(request);
    const all = (held[request.logGroupName] ?? []).filter(({ timestamp }) => timestamp >= request.startTime);
    const first = Number(request.nextToken ?? 0);
    const more = first + 2 < all.length ? { nextToken: String(first + 2) } : {};
    return { status: 200, body: JSON.stringify({ events: all.slice(first, first + 2), ...more }) };
  });
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  held = {
    'logs-w': [event(1), event(3), event(5)],
    'logs-d': [event(2), event(4)],
  };
});

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

const event = (n: number): Event => {
  return { eventId: `id-${n}`, timestamp: Date.parse(second(n)), message: `line ${n}\n` };
};

const open = (now?: () => number) =>
  openStageLogs(
    { webhook: 'logs-w', 'doc-verified': 'logs-d' },
    new CloudWatchLogsClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    }),
    { everyMs: 1, ...(now && { now }) },
  );

describe('logs of a stage', () => {
  const { signal } = new AbortController();

  it('are read page by page, in the order of time across functions', async () => {
    const logs = open();
    const lines = await all(logs.read({ functions: logs.names, from: second(2) }, signal));
    expect(lines.map(({ text }) => text)).toEqual(['line 2', 'line 3', 'line 4', 'line 5']);
    expect(lines[0]).toEqual({ at: second(2), function: 'doc-verified', text: 'line 2' });
  });

  it('are filtered by CloudWatch', async () => {
    const query = { functions: ['webhook'], from: second(0) };
    await all(open().read({ ...query, texts: ['a b'] }, signal));
    await all(open().read({ ...query, texts: ['a b', 'c'] }, signal));
    expect(new Set(asked.map(({ filterPattern }) => filterPattern))).toEqual(
      new Set(['"a b"', '?"a b" ?"c"']),
    );
  });

  it('are followed without showing a line twice, and late ones are shown', async () => {
    const stop = new AbortController();
    let now = Date.parse(second(6));
    const seen: string[] = [];
    for await (const { text } of open(() => now).follow(
      { functions: ['webhook'], from: second(0) },
      stop.signal,
    )) {
      seen.push(text);
      // A late line: it arrives after the newest one that was shown.
      if (text === 'line 5') held['logs-w']?.push({ ...event(4), eventId: 'late' }, event(60));
      if (text === 'line 60') {
        now = Date.parse(second(120));
        held['logs-w']?.push(event(61));
      }
      if (text === 'line 61') stop.abort();
    }
    expect(seen).toEqual(['line 1', 'line 3', 'line 5', 'line 4', 'line 60', 'line 61']);
  });

  it('of a function that it does not know are an error', async () => {
    const lines = open().read({ functions: ['none'], from: second(0) }, signal);
    await expect(all(lines)).rejects.toThrow('no function none');
  });
});
