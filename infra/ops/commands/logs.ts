import { Readable } from 'node:stream';
import { UsageError } from '../../command-line/commands.ts';
import { listenForInterruption } from '../../command-line/interruption.ts';
import { time } from '../../command-line/values.ts';
import { isMetric, type LogLine } from '../logs/function-logs.ts';
import { lineText } from '../logs/line-text.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';

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
      'Functions: webhook, poller, registration, rotation, and each channel for its consumer. A stage keeps logs for ' +
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
  const { logs } = target;
  if (logs.names.length === 0)
    throw new Error('the stage does not say where its logs are: deploy this version');
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

/** Prints lines until Ctrl-C, which is no error. @param toText `undefined`: the line is left out. */
export async function* following(
  follow: (signal: AbortSignal) => AsyncIterable<LogLine>,
  toText: (line: LogLine) => string | undefined,
): AsyncGenerator<string> {
  using interruption = listenForInterruption();
  for await (const line of follow(interruption.signal)) {
    const text = isMetric(line) ? undefined : toText(line);
    if (text !== undefined) yield `${text}\n`;
  }
}
