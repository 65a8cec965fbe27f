import { iso } from '../time.ts';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

const RANK: Record<LogLevel, number> = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 };

/** Fields of a log line. Never a body, a secret, a name or an account number. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to every line. */
  with(fields: LogFields): Log;
}

/**
 * Structured logs: one JSON object a line on standard output, with the `timestamp` and `level` that Lambda's
 * JSON log format knows. One page of code that loads fast; docs/decisions/0026 says why no library is used.
 */
export function createLog(options: {
  readonly level?: LogLevel | undefined;
  readonly fields?: LogFields;
  readonly write?: (line: string) => void;
  readonly now?: () => number;
}): Log {
  const { level = 'INFO', fields = {}, write = writeLine, now = Date.now } = options;
  const at = (lineLevel: LogLevel) => (message: string, more?: LogFields) => {
    if (RANK[lineLevel] < RANK[level]) return;
    write(
      JSON.stringify({
        timestamp: iso(now()),
        level: lineLevel,
        message,
        ...fields,
        ...more,
      }),
    );
  };
  return {
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    with: (more) => createLog({ level, fields: { ...fields, ...more }, write, now }),
  };
}

/** Fields of an error that may be logged: its name, code and place. Messages of libraries may quote bodies. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number');
  return { error: error.name, ...(code && { code: error.code as string | number }), at: ownFrame(error) };
}

/** The first stack frame, so that a bug can be found without the message. */
function ownFrame({ stack = '', message }: Error): string | undefined {
  // The stack starts with the message, which may quote a body, line breaks included.
  return stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n')
    .find((line) => /^\s+at /.test(line))
    ?.trim();
}

let waiting = '';

/**
 * Writes a line to standard output, together with the other lines of the same step: each write costs the webhook as
 * much as checking a signature.
 */
export function writeLine(line: string): void {
  if (waiting === '') queueMicrotask(writeWaiting);
  waiting += `${line}\n`;
}

function writeWaiting(): void {
  const lines = waiting;
  waiting = '';
  process.stdout.write(lines);
}
