import { csvText, tableText } from '../../../command-line/table-text.ts';
import { time } from '../../../command-line/values.ts';
import { periodsOf, rangeSince, SERIES } from '../../metrics/series.ts';
import { readQueueStates } from '../../queues/state.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';
import type { Alarm } from '../../target/alarms.ts';

export function queuesCommand(run: Run) {
  return stackCommand('queues', {
    summary: 'number of messages in each queue, and the age of the oldest; every DLQ should be 0',
    description:
      'AGE S is the age of the oldest message, in seconds; OLDEST DLQ is the same for the dead-letter queue, in a stage since ' +
      'the message was moved there. CloudWatch reports ages some minutes late, and none for a queue that was idle for hours.',
    status0: 'all queues were counted, whatever they hold.',
    examples: [
      ['ops queues', 'as a table'],
      ['ops queues --stage prod --json', 'for a program'],
    ],
  }).action((options) => run(options, showQueues));
}

async function showQueues({ target, screen }: Session): Promise<Output> {
  const document = await readQueueStates(target);
  const rows = document.map(({ channel, ...counts }) => [
    channel,
    ...Object.values(counts).map((count) => String(count ?? '-')),
  ]);
  const header = ['CHANNEL', 'VISIBLE', 'IN FLIGHT', 'DELAYED', 'DLQ', 'AGE S', 'OLDEST DLQ'];
  return { document, text: tableText(header, rows, screen) };
}

export function metricsCommand(run: Run) {
  return stackCommand('metrics', {
    summary: 'deliveries, calls, durations and overdue results over time',
    description:
      'One row for each minute of up to three hours, for each five minutes of a day, each hour of two weeks, or each day. A stage reads ' +
      'CloudWatch; the local stack has what happened since it was started.',
    status0: 'the metrics were read, whatever they say.',
    examples: [
      ['ops metrics', 'the last hour'],
      ['ops metrics --since 7d --stage prod --csv', 'for a spreadsheet'],
    ],
  })
    .option('--since <time>', 'from then on: 30m, 3d or 2026-03-02; 1h when left out', time)
    .option('--csv', 'print comma-separated values')
    .action((options) => run(options, (session) => showMetrics(session, options)));
}

interface Options {
  readonly since?: string;
  readonly csv?: true;
}

async function showMetrics({ target, screen }: Session, { since, csv }: Options): Promise<Output> {
  const range = rangeSince(Date.parse(since ?? time('1h')), Date.now());
  const values = await target.metrics(SERIES, range);
  const document = periodsOf(range).map((at, index) => ({
    at: new Date(at).toISOString(),
    ...Object.fromEntries(SERIES.map(({ id }, n) => [id, values[n]?.[index] ?? null])),
  }));
  const header = ['at', ...SERIES.map(({ id }) => id)];
  const cells = document.map((row) =>
    Object.values(row).map((value) =>
      typeof value === 'number' ? String(Math.round(value)) : (value ?? ''),
    ),
  );
  if (csv === true) return { document, text: csvText(header, cells) };
  const legend = SERIES.map(({ id, label }) => `${id}: ${label}`).join('; ');
  // Periods without any data would only fill the screen.
  const shown = cells.filter((row) => row.slice(1).some((cell) => cell !== ''));
  const table = tableText(
    header.map((name) => name.toUpperCase()),
    shown,
    screen,
  );
  return { document, text: shown.length === 0 ? 'nothing was measured' : `${table}\n${legend}` };
}

export function alarmsCommand(run: Run) {
  return stackCommand('alarms', {
    summary: 'which alarms are on, since when, and what to do first',
    description: 'The local stack has none.',
    status0: 'no alarm is on.',
    examples: [
      ['ops alarms --stage prod', 'alarms that are not OK'],
      ['ops alarms --all --stage prod --json', 'every alarm, for a program'],
    ],
  })
    .option('--all', 'include alarms that are OK')
    .action((options) => run(options, (session) => showAlarms(session, options.all === true)));
}

async function showAlarms({ target, screen }: Session, isAll: boolean) {
  const alarms = await target.alarms();
  if (alarms === undefined)
    return { document: [], text: 'the local stack has no alarms: "ops doctor" shows its state' };
  const isOn = ({ state }: Alarm) => state === 'ALARM';
  const document = alarms
    .filter((alarm) => isAll || alarm.state !== 'OK')
    .sort((a, b) => Number(isOn(b)) - Number(isOn(a)) || (a.since ?? '').localeCompare(b.since ?? ''));
  const isProblem = document.some(isOn);
  if (document.length === 0) return { document, text: `all ${alarms.length} alarms are OK` };
  const rows = document.map(({ name, state, since, description }) => [
    name,
    state,
    since ?? '-',
    description.replaceAll('\n', ' '),
  ]);
  return { document, text: tableText(['ALARM', 'STATE', 'SINCE', 'WHAT'], rows, screen), isProblem };
}
