import { Readable } from 'node:stream';
import { printable } from '../../command-line/printable.ts';
import type { Screen } from '../../command-line/screen.ts';
import { time } from '../../command-line/values.ts';
import { type Activity, activityOf, WATCHED_MESSAGES } from '../logs/activity.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';
import { following } from './logs.ts';

interface Options {
  readonly since?: string;
  readonly json?: true;
}

export function tailCommand(run: Run) {
  return stackCommand('tail', {
    summary: 'activity as it happens: deliveries queued, retried and processed, and runs of the poller',
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

async function tail({ target: { logs }, screen }: Session, options: Options): Promise<Output> {
  const { since: from = new Date().toISOString(), json } = options;
  if (logs.names.length === 0)
    throw new Error('the stage does not say where its logs are: deploy this version');
  const query = { functions: logs.names, from, texts: WATCHED_MESSAGES };
  const lines = following(
    (signal) => logs.follow(query, signal),
    (line) => {
      const activity = activityOf(line);
      if (activity === undefined) return undefined;
      return json === true ? JSON.stringify(activity) : textOf(activity, screen);
    },
  );
  return { stream: Readable.from(lines) };
}

function textOf({ at, what, function: name, ...fields }: Activity, { style }: Screen): string {
  const { eventName, bookId, deliveryId, outcome, reason, code, ...others } = fields;
  const result = [outcome, reason, code].filter((word) => word !== undefined).join(' ');
  const more = Object.entries(others).map(([key, value]) => `${key}=${String(value)}`);
  const shown = what.padEnd('processed'.length);
  const words = [eventName ?? name, bookId, result, ...more, deliveryId];
  const isBad = what === 'retry' || what === 'refused';
  const values = words
    .filter((word) => word !== undefined && word !== '')
    .map((word) => printable(String(word)));
  return [at, isBad ? style('yellow', shown) : shown, ...values].join(' ');
}
