import { setTimeout as delay } from 'node:timers/promises';
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { FunctionLogs, LogLine, LogQuery } from './function-logs.ts';

/** CloudWatch shows a line some seconds after it was written, and lines of several streams out of order. */
const LATE_MS = 30_000;

/** Regions allow 5 requests a second or more (AWS: CloudWatch Logs quotas); the SDK repeats throttled ones. */
const EVERY_MS = 5000;

type Line = LogLine & { readonly id: string };

/**
 * Opens the logs of a deployed stage's functions in CloudWatch Logs. `FilterLogEvents` costs nothing.
 *
 * @param groups log group of each function.
 */
export function openStageLogs(
  groups: Readonly<Record<string, string>>,
  client: Pick<CloudWatchLogsClient, 'send'>,
  { now = Date.now, everyMs = EVERY_MS }: { readonly now?: () => number; readonly everyMs?: number } = {},
): FunctionLogs {
  async function* pagesOf(name: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<Line[]> {
    const logGroupName = groups[name];
    if (logGroupName === undefined) throw new Error(`the stack has no function ${name}`);
    const { from, to, texts } = query;
    let nextToken: string | undefined;
    do {
      const { events = [], nextToken: next } = await client.send(
        new FilterLogEventsCommand({
          logGroupName,
          startTime: Date.parse(from),
          ...(to !== undefined && { endTime: Date.parse(to) }),
          ...(texts !== undefined && { filterPattern: patternOf(texts) }),
          nextToken,
        }),
        { abortSignal: signal },
      );
      yield events.map(({ timestamp = 0, message = '', eventId = '' }) => ({
        at: new Date(timestamp).toISOString(),
        function: name,
        text: message.trimEnd(),
        id: eventId,
      }));
      nextToken = next;
    } while (nextToken !== undefined && !signal.aborted);
  }

  async function* read(query: LogQuery, signal: AbortSignal): AsyncGenerator<Line> {
    const [only, ...others] = query.functions;
    if (only !== undefined && others.length === 0) {
      for await (const page of pagesOf(only, query, signal)) yield* page;
      return;
    }
    const all: Line[] = [];
    for (const name of query.functions) {
      for await (const page of pagesOf(name, query, signal)) all.push(...page);
    }
    yield* all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  async function* follow(query: LogQuery, signal: AbortSignal): AsyncGenerator<Line> {
    /** Times of the lines that were already shown, by their ids. */
    const shown = new Map<string, string>();
    let { from } = query;
    while (!signal.aborted) {
      const latest = new Date(now() - LATE_MS).toISOString();
      for await (const line of read({ ...query, from }, signal)) {
        if (shown.has(line.id)) continue;
        shown.set(line.id, line.at);
        yield line;
      }
      if (latest > from) from = latest;
      for (const [id, at] of shown) if (at < from) shown.delete(id);
      await delay(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Ignores the error of a call that the operator interrupted. */
  async function* untilAborted(lines: AsyncGenerator<Line>, signal: AbortSignal): AsyncGenerator<LogLine> {
    try {
      for await (const { id: _, ...line } of lines) yield line;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return {
    names: Object.keys(groups),
    read: (query, signal) => untilAborted(read(query, signal), signal),
    follow: (query, signal) => untilAborted(follow(query, signal), signal),
  };
}

function patternOf(texts: readonly string[]): string {
  const quoted = texts.map((text) => `"${text}"`);
  return quoted.length === 1 ? quoted.join() : quoted.map((text) => `?${text}`).join(' ');
}
