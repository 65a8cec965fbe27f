import { csvText } from '../../../command-line/csv.ts';
import { tableText } from '../../../command-line/table-text.ts';
import { time } from '../../../command-line/values.ts';
import { periodsOf, rangeSince, SERIES } from '../../metrics/series.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

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
