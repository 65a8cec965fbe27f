export interface LogLine {
  /** Time at which the log received it, in ISO 8601 UTC with milliseconds. */
  readonly at: string;
  /** Name of the function, as in `ops logs`. */
  readonly function: string;
  /** The line unchanged, most often a JSON object. */
  readonly text: string;
}

export interface LogQuery {
  readonly functions: readonly string[];
  /** ISO 8601 UTC with milliseconds. */
  readonly from: string;
  /** End of the time; by default now. */
  readonly to?: string | undefined;
  /** Selects lines with any of these texts; by default all. No double quotes. */
  readonly texts?: readonly string[] | undefined;
}

/** Logs of a stack's functions. They hold ids and outcomes, never a body or a name (docs/security.md#logs). */
export interface FunctionLogs {
  /** Names of the stack's functions. */
  readonly names: readonly string[];
  /** Existing lines, oldest first. @throws the error of the log's service. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Existing lines, then new ones, until `signal` is aborted. */
  follow(query: Omit<LogQuery, 'to'>, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** A line that a function of this project wrote, parsed into fields. */
export type LogEntry = Readonly<Record<string, unknown>> & {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
};

/** @returns `undefined` for lines of Lambda itself, for metrics, and for text. */
export function entryOf({ text }: Pick<LogLine, 'text'>): LogEntry | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    return isEntry(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(fields: unknown): fields is LogEntry {
  if (typeof fields !== 'object' || fields === null) return false;
  const { timestamp, level, message } = fields as Partial<Record<string, unknown>>;
  return [timestamp, level, message].every((field) => typeof field === 'string');
}

/** True for a metric, which is a log line that names AWS's format. */
export function isMetric({ text }: LogLine): boolean {
  return text.startsWith('{"_aws":');
}

/** Word for each message that is shown. */
const WHAT = {
  'delivery queued': 'queued',
  'delivery processed': 'processed',
  'retry scheduled': 'retry',
  refused: 'refused',
  'not accepted': 'refused',
  'test ping': 'ping',
  polled: 'polled',
  'book stuck': 'stuck',
  'results overdue': 'overdue',
  'result expired': 'expired',
  'event published': 'published',
} as const;

export const WATCHED_MESSAGES = Object.keys(WHAT).map((message) => message);

export interface Activity {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: (typeof WHAT)[keyof typeof WHAT];
  readonly function: string;
  readonly [field: string]: unknown;
}

/** @returns `undefined` for other lines. */
export function activityOf(line: LogLine): Activity | undefined {
  const entry = entryOf(line);
  const what = Object.entries(WHAT).find(([message]) => message === entry?.message)?.[1];
  if (entry === undefined || what === undefined) return undefined;
  const { timestamp, level: _, message: __, requestId, messageId, bookUuid, bookPk, ...fields } = entry;
  const bookId = bookUuid ?? (bookPk === undefined ? undefined : `pk-${String(bookPk)}`);
  return { at: timestamp, what, function: line.function, ...(bookId !== undefined && { bookId }), ...fields };
}

const MOST_RUNS = 25;

/**
 * The latest runs of the poller, newest first, from its log (functions/poller/poll.ts).
 *
 * @param from ISO 8601 UTC.
 * @throws the error of the logs.
 */
export async function readPollerRuns(
  { logs }: { readonly logs: FunctionLogs },
  from: string,
  signal: AbortSignal,
) {
  const runs: ReturnType<typeof runOf>[] = [];
  const query = { functions: ['poller'], from, texts: ['polled', 'discovery stopped'] };
  for await (const line of logs.read(query, signal)) {
    const entry = entryOf(line);
    if (entry?.message === 'polled') runs.unshift(runOf(entry));
    if (entry?.message !== 'discovery stopped') continue;
    const run = runs.find(({ requestId }) => requestId === entry.requestId);
    run?.problems.push(`${entry.account} (${entry.code})`);
  }
  return runs.slice(0, MOST_RUNS);
}

function runOf({ requestId, timestamp: at, discovered, polled, isBehind }: LogEntry) {
  const counts = { discovered: Number(discovered), polled: Number(polled), isBehind: isBehind === true };
  /** Accounts whose list of books could not be read, with the code of the failure. */
  const problems: string[] = [];
  return { requestId, at, ...counts, problems };
}
