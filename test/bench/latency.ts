import { parseArgs } from 'node:util';
import { measureLocal } from './latency/local.ts';
import { LONE_EVENTS } from './latency/lone-event.ts';
import type { Percentiles } from './latency/percentiles.ts';
import { measureVirtual } from './latency/virtual.ts';

const USAGE = `Measures how long a lone event takes from the webhook's 200 until its results are in the table, in milliseconds.

Usage: node test/bench/latency.ts [--json] [--events N] [--local]

  --events N  (default 200; 60 with --local)
  --local     with the local stack, in real time; otherwise in virtual time, the same on every machine
  --json      one JSON document on standard output`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    help: { type: 'boolean' },
    local: { type: 'boolean' },
    events: { type: 'string' },
  },
});
if (values.help === true) console.log(USAGE);
else {
  const isLocal = values.local === true;
  const events = Number(values.events ?? (isLocal ? 60 : 200));
  const figures: Record<string, Percentiles> = {};
  for (const event of LONE_EVENTS)
    figures[event] = await (isLocal ? measureLocal : measureVirtual)(event, events);
  if (values.json === true) console.log(JSON.stringify(figures));
  else console.table(figures);
}
