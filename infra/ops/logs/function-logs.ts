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
