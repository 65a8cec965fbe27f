import { Readable } from 'node:stream';
import { UsageError } from '../../../command-line/commands.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { printable, printableText, type Screen } from '../../../command-line/screen.ts';
import { time } from '../../../command-line/values.ts';
import {
  type Activity,
  activityOf,
  entryOf,
  type FunctionLogs,
  isMetric,
  type LogLine,
  WATCHED_MESSAGES,
} from '../../logs/function-logs.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';
import type { Target } from '../../target/target.ts';

interface Options {
  readonly since?: string;
  readonly follow?: true;
  readonly grep?: string;
  readonly json?: true;
}

export function logsCommand(run: Run) {
  return stackCommand('logs', {
    summary: 'what a function wrote to its log, without metrics',
    description:
      'Functions: webhook, poller, publisher, registration, rotation, and each channel for its consumer. A stage keeps logs for ' +
      'logRetentionDays, the local stack since it was started. With --follow, --json prints one document per line.',
    status0: 'the log was read, or Ctrl-C ended it.',
    examples: [
      ['ops logs poller --since 1h', 'of the last hour'],
      ['ops logs doc-verified --follow --stage prod', 'and new lines, until Ctrl-C'],
      ['ops logs webhook --grep refused --json', 'lines that contain a text, for a program'],
    ],
  })
    .argument('<function>', 'such as webhook, poller or doc-verified')
    .option('--since <time>', 'written since: 15m, 2h or 2026-03-02T08:00:00Z; 15m when left out', time)
    .option('--grep <text>', 'only lines that contain this text')
    .option('--follow', 'keep printing new lines, until Ctrl-C')
    .action((name, options) => run(options, (session) => showLogs(session, name, options)));
}

async function showLogs({ target, screen }: Session, name: string, options: Options): Promise<Output> {
  const { since: from = time('15m'), grep, follow, json } = options;
  const logs = logsOf(target);
  if (!logs.names.includes(name)) throw new UsageError(`function is one of: ${logs.names.join(' ')}`);
  if (grep?.includes('"') === true) throw new UsageError('--grep takes no double quotes');
  const query = { functions: [name], from, texts: grep === undefined ? undefined : [grep] };
  if (follow === true) {
    const toText = (line: LogLine) => (json === true ? JSON.stringify(line) : lineText(line, screen));
    return { stream: Readable.from(following((signal) => logs.follow(query, signal), toText)) };
  }
  using interruption = listenForInterruption();
  const document: LogLine[] = [];
  for await (const line of logs.read(query, interruption.signal)) if (!isMetric(line)) document.push(line);
  if (interruption.signal.aborted) throw new Error('interrupted');
  return { document, text: document.map((line) => lineText(line, screen)).join('\n') };
}

const COLOURS = { WARN: 'yellow', ERROR: 'red' } as const;

/** Formats a line for people: `<time> <level> <message> <field>=<value> …`; any other line stays as it is. */
function lineText(line: LogLine, { style }: Screen): string {
  const entry = entryOf(line);
  if (entry === undefined) return `${line.at} ${printableText(line.text)}`;
  const { timestamp, level, message, ...fields } = entry;
  const colour = Object.entries(COLOURS).find(([name]) => name === level)?.[1];
  const shown = level.padEnd('ERROR'.length);
  const values = Object.entries(fields).map(([name, value]) => printable(`${name}=${String(value)}`));
  return [timestamp, colour === undefined ? shown : style(colour, shown), printable(message), ...values].join(
    ' ',
  );
}

export function tailCommand(run: Run) {
  return stackCommand('tail', {
    summary:
      'activity as it happens: deliveries queued, retried and processed, runs of the poller, and events published',
    description:
      'Read from the functions’ logs, so it costs nothing and slows nothing down. For a stage it is some seconds late, and ' +
      'needs logLevel INFO or DEBUG. --json prints one document per line.',
    status0: 'Ctrl-C ended it.',
    examples: [
      ['ops tail', 'from now on'],
      ['ops tail --since 1h --stage prod', 'the last hour, then new activity'],
      ['ops tail --json', 'for a program'],
    ],
  })
    .option('--since <time>', 'start at this time: 15m or 2026-03-02T08:00:00Z; now when left out', time)
    .action((options) => run(options, (session) => tail(session, options)));
}

async function tail({ target, screen }: Session, options: Options): Promise<Output> {
  const { since: from = new Date().toISOString(), json } = options;
  const logs = logsOf(target);
  const query = { functions: logs.names, from, texts: WATCHED_MESSAGES };
  const lines = following(
    (signal) => logs.follow(query, signal),
    (line) => {
      const activity = activityOf(line);
      if (activity === undefined) return undefined;
      return json === true ? JSON.stringify(activity) : activityText(activity, screen);
    },
  );
  return { stream: Readable.from(lines) };
}

/** Fields of a published event that a line has room for. */
const SHOWN_OF_EVENT = ['kind', 'subject', 'status'];

function activityText({ at, what, function: name, ...fields }: Activity, { style }: Screen): string {
  const { eventName, detailType, bookId, deliveryId, outcome, reason, code, ...others } = fields;
  const result = [outcome, reason, code].filter((word) => word !== undefined).join(' ');
  const isShown = (key: string) => what !== 'published' || SHOWN_OF_EVENT.includes(key);
  const more = Object.entries(others).flatMap(([key, value]) =>
    isShown(key) ? `${key}=${String(value)}` : [],
  );
  const shown = what.padEnd('processed'.length);
  const words = [eventName ?? detailType ?? name, bookId, result, ...more, deliveryId];
  const isBad = what === 'retry' || what === 'refused';
  const values = words
    .filter((word) => word !== undefined && word !== '')
    .map((word) => printable(String(word)));
  return [at, isBad ? style('yellow', shown) : shown, ...values].join(' ');
}

/** @throws Error if the stage was deployed by a version that does not name them. */
function logsOf({ logs }: Target): FunctionLogs {
  if (logs.names.length === 0)
    throw new Error('the stage does not say where its logs are: deploy this version');
  return logs;
}

/** Prints lines until Ctrl-C, which is no error. @param toText `undefined`: the line is left out. */
async function* following(
  follow: (signal: AbortSignal) => AsyncIterable<LogLine>,
  toText: (line: LogLine) => string | undefined,
): AsyncGenerator<string> {
  using interruption = listenForInterruption();
  for await (const line of follow(interruption.signal)) {
    const text = isMetric(line) ? undefined : toText(line);
    if (text !== undefined) yield `${text}\n`;
  }
}
