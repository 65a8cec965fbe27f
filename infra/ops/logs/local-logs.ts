import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { FUNCTION_NAMES } from '../../functions.ts';
import { logFile } from '../../running-stacks/data-dir.ts';
import type { FunctionLogs, LogLine, LogQuery } from './function-logs.ts';

/** Interval of reading the file for new lines. */
const POLL_MS = 100;

const CHUNK = 1 << 16;

/** Opens the logs of a local stack's functions: its log file has everything since the stack was started. */
export function openLocalLogs(dataDir: string): FunctionLogs {
  const path = logFile(dataDir);
  async function* select(query: LogQuery, isFollowing: boolean, signal: AbortSignal) {
    const { functions, from, to = '9999', texts } = query;
    for await (const line of linesOf(path, isFollowing, signal)) {
      const { at, text } = line;
      const isText = texts?.some((one) => text.includes(one)) ?? true;
      if (functions.includes(line.function) && at >= from && at <= to && isText) yield line;
    }
  }
  return {
    names: FUNCTION_NAMES,
    read: (query, signal) => select(query, false, signal),
    follow: (query, signal) => select(query, true, signal),
  };
}

/** `<time> [<source>] <text>`, the format of `infra/local/log.ts`. */
const LINE = /^(\S+) \[([^\]]+)\] (.*)$/;

async function* linesOf(path: string, isFollowing: boolean, signal: AbortSignal): AsyncGenerator<LogLine> {
  await using file = await open(path);
  const chunk = Buffer.alloc(CHUNK);
  let position = 0;
  let rest = Buffer.alloc(0);
  while (!signal.aborted) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, position);
    position += bytesRead;
    if (bytesRead === 0) {
      if (!isFollowing) return;
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
      continue;
    }
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const end = bytes.lastIndexOf('\n') + 1;
    rest = Buffer.from(bytes.subarray(end));
    for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) {
      const [, at, source, text] = LINE.exec(line) ?? [];
      if (at !== undefined && source !== undefined && text !== undefined)
        yield { at, function: source, text };
    }
  }
}
