import { parseArgs } from 'node:util';
import { measureMemory, measureStart, measureSynth } from './processes.ts';
import { measureWebhook } from './webhook.ts';

const USAGE = `Measures what the project promises about its speed, on this machine.

Usage: npm run bench -- [--runs N] [--json]

  --runs N  cold starts of the webhook, and of the floor that it is compared with (default 15)
  --json    one JSON document on standard output

Ends with 1 when a figure is above its limit.`;

interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly value: number;
  /** Figure that is compared with `limit`; absent: it is shown only. */
  readonly limit?: number;
}

/** Maximum ratio to the floor's time. */
const MAX_RATIO = 1.15;
const DELIVERIES = 400;

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help === true) console.log(USAGE);
else {
  const rows = await measure(Number(values.runs));
  const failed = rows.filter(({ value, limit = Number.POSITIVE_INFINITY }) => value > limit);
  if (values.json === true) console.log(JSON.stringify({ rows, failed: failed.map(({ figure }) => figure) }));
  else console.table(Object.fromEntries(rows.map(({ figure, ...row }) => [figure, row])));
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function measure(runs: number): Promise<Row[]> {
  const { webhook, floor } = await measureWebhook(runs, DELIVERIES);
  return [
    row('webhook: init', 'ms', webhook.init),
    row('webhook: init of the floor', 'ms', floor.init),
    row('webhook: init, of the floor', 'ratio', webhook.init / floor.init, MAX_RATIO),
    row('webhook: first delivery', 'ms', webhook.first),
    row('webhook: first delivery of the floor', 'ms', floor.first),
    row('webhook: accept', 'ms', webhook.accept),
    row('webhook: accept of the floor', 'ms', floor.accept),
    row('webhook: accept, of the floor', 'ratio', webhook.accept / floor.accept, MAX_RATIO),
    row('cdk synth', 's', await measureSynth(), 8),
    row('local stack ready', 's', await measureStart(), 12),
    ...(process.platform === 'linux' ? [row('local stack memory', 'MB', await measureMemory(), 600)] : []),
  ];
}

function row(figure: string, unit: string, value: number, limit?: number): Row {
  return { figure, unit, value: Number(value.toFixed(2)), ...(limit !== undefined && { limit }) };
}
