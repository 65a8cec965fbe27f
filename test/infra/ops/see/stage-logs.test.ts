import type { FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../../../infra/ops/logs/function-logs.ts';
import { openStageLogs } from '../../../../infra/ops/logs/stage-logs.ts';
import { second } from '../../../shared/store/testing/observations.ts';

interface Event {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Content of CloudWatch, by log group; a page has two lines. */
let held: Record<string, Event[]>;
let asked: FilterLogEventsCommandInput[];
beforeEach(() => {
  asked = [];
  held = {
    'logs-w': [event(1), event(3), event(5)],
    'logs-d': [event(2), event(4)],
  };
});

async function send({ input }: { readonly input: FilterLogEventsCommandInput }) {
  asked.push(input);
  const { logGroupName = '', startTime = 0, nextToken = '0' } = input;
  const found = (held[logGroupName] ?? []).filter(({ timestamp }) => timestamp >= startTime);
  const next = Number(nextToken) + 2;
  return { events: found.slice(next - 2, next), nextToken: next < found.length ? String(next) : undefined };
}

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

const event = (n: number): Event => {
  return { eventId: `id-${n}`, timestamp: Date.parse(second(n)), message: `line ${n}\n` };
};

const open = (now?: () => number) =>
  openStageLogs({ webhook: 'logs-w', 'doc-verified': 'logs-d' }, { send } as never, {
    everyMs: 1,
    ...(now && { now }),
  });

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
