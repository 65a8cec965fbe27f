/** A line that a function wrote to its log. */
export interface LogLine {
  /** ISO 8601 UTC with milliseconds: when the log received it. */
  readonly at: string;
  /** The name of the function, as in `ops logs`. */
  readonly function: string;
  /** As it was written: most often a JSON object. */
  readonly text: string;
}

/** Selects lines. */
export interface LogQuery {
  readonly functions: readonly string[];
  /** ISO 8601 UTC with milliseconds. */
  readonly from: string;
  /** Until then; now when left out. */
  readonly to?: string | undefined;
  /** Only lines that have one of these texts; all when left out. No double quotes. */
  readonly texts?: readonly string[] | undefined;
}

/** The logs of a stack's functions. They hold ids and outcomes, never a body or a name (docs/security.md#logs). */
export interface FunctionLogs {
  /** The stack's functions. */
  readonly names: readonly string[];
  /** Existing lines, oldest first. @throws what the log's service throws. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Existing lines, then new ones, until `signal` is aborted. */
  follow(query: Omit<LogQuery, 'to'>, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** A line that a function of this project wrote, as fields. */
export type LogEntry = Readonly<Record<string, unknown>> & {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
};

/** @returns `undefined` for lines of Lambda itself, for metrics, and for text. */
export function entryOf({ text }: LogLine): LogEntry | undefined {
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

/** A metric is written as a log line that names AWS's format. */
export function isMetric({ text }: LogLine): boolean {
  return text.startsWith('{"_aws":');
}
