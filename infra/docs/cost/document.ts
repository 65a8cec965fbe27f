import { DEFAULT_VPC } from '../../config/network.ts';
import { table } from '../markdown.ts';
import { ASSUMPTIONS, BUSY_METRICS, IDLE_METRICS } from './assumptions.ts';
import {
  alarmMetrics,
  type CostLine,
  idleCost,
  type PaidTemplate,
  pollingCost,
  sum,
  trafficCost,
  usd,
} from './monthly-cost.ts';
import PER_DELIVERY from './per-delivery.json' with { type: 'json' };
import { PRICES } from './prices.ts';

/** A stage whose cost is shown. */
export interface PricedStage {
  /** The heading of its column. */
  readonly name: string;
  readonly template: PaidTemplate;
  /** The most that it may cost while nothing happens, in USD a month, without the dashboard. */
  readonly target: number;
  /** Cost before the metrics of consumers were removed, at the same prices. */
  readonly before: number | undefined;
}

const SAYS = {
  documents: 'documents',
  calls: 'calls to Ocrolus',
  writeUnits: 'write request units of the table and its index',
  readUnits: 'read request units',
  storedKilobytes: 'KB that stay in the table',
  messages: 'messages sent by functions',
  invocations: 'batches of consumers: for deliveries, and for looks at their books',
  consumerSeconds: 'seconds that these wait for requests',
  webhookSeconds: 'seconds that the webhook waits for requests',
  visibilityChanges: 'changes of the time at which a message is delivered again',
  objects: 'objects written to the bucket: bodies of more than 64 KB, which these books do not have',
  logLines: 'log lines',
  logKilobytes: 'KB of these',
} as const satisfies Readonly<Record<keyof typeof PER_DELIVERY.day, string>>;

/** A month. */
const DELIVERIES = [10_000, 100_000, 1_000_000];

/** Documents in the example of what their files cost. */
const ORIGINALS = 100_000;

/** `docs/cost.md`, from templates, prices and assumptions. @param stages the first one is the one with traffic. */
export function costDocument(stages: readonly [PricedStage, ...PricedStage[]]): string {
  const [busy] = stages;
  const series = Object.values(BUSY_METRICS).reduce((total, each) => total + each, 0);
  return `${[
    '# What it costs',
    '',
    'List prices of `us-east-1`, USD a month, without discounts and free tiers. This file is computed by `npm run costs`, from the',
    'templates, what the system uses for a delivery (measured), `infra/docs/cost/prices.ts` and `infra/docs/cost/assumptions.ts`; a test',
    'computes it again.',
    '',
    '## While nothing happens',
    '',
    table(
      ['', ...stages.map(({ name }) => name)],
      [
        ...rows(stages.map(({ template }) => idleCost(template))),
        ['**sum**', ...stages.map(({ template }) => bold(sum(idleCost(template))))],
        ['target', ...stages.map(({ target }) => `≤ ${target}`)],
        [
          'before [decision 0025](decisions/0025-what-is-monitored-and-what-it-costs.md)',
          ...stages.map(({ before }) => (before === undefined ? '–' : cell(before))),
        ],
        ['dashboard, with `dashboard: true`', ...stages.map(() => cell(PRICES.dashboard.usd))],
        ['rotation of the key, after a year', ...stages.map(() => cell(PRICES.keyRotation.usd))],
        ['rotation of the key, after two years', ...stages.map(() => cell(2 * PRICES.keyRotation.usd))],
        ['metrics that alarms look at', ...stages.map(({ template }) => String(alarmMetrics(template)))],
      ],
    ),
    '',
    '## In use',
    '',
    `\`${busy.name}\`, by deliveries a month. A stage through which all events pass writes ${series} custom metrics in every`,
    `hour, an idle one ${IDLE_METRICS.length} (\`${IDLE_METRICS.join('`, `')}\`).`,
    '',
    table(
      ['', ...DELIVERIES.map((deliveries) => deliveries.toLocaleString('en-US'))],
      [
        ['idle', ...DELIVERIES.map(() => cell(sum(idleCost(busy.template))))],
        ...rows(DELIVERIES.map((deliveries) => trafficCost(deliveries))),
        [
          'polling of their books for a month',
          ...DELIVERIES.map((deliveries) => cell(pollingCost(deliveries))),
        ],
        ['**sum**', ...DELIVERIES.map((deliveries) => bold(total(busy.template, deliveries)))],
      ],
    ),
    '',
    `A million deliveries cost **${cell(sum(trafficCost(2_000_000)) - sum(trafficCost(1_000_000)))} USD**, and the polling of their books afterwards`,
    `${cell(pollingCost(1_000_000))} USD. Storage adds up: its row is paid again in each later month in which the data is kept.`,
    '',
    '### What a delivery uses',
    '',
    `Measured with the whole system in virtual time, by \`npm run costs\`: 20 books with four documents and eleven deliveries each,`,
    `whose documents are verified a minute apart, and which are polled for 31 days. Requests take as long as they do`,
    'on a usual day (`test/bench/per-delivery.ts`). Of Ocrolus that is assumed: 0.1 to 0.3 seconds. Each further tenth of a second costs',
    `${cell(PER_DELIVERY.day.calls * 0.1 * 0.5 * 1_000_000 * PRICES.lambdaSecond.usd)} USD for a million deliveries.`,
    '',
    table(
      ['on the first day', 'in a month', ''],
      (Object.keys(SAYS) as (keyof typeof SAYS)[]).map((name) => [
        String(PER_DELIVERY.day[name]),
        String(PER_DELIVERY.month[name]),
        SAYS[name],
      ]),
    ),
    '',
    '## Original documents',
    '',
    "With `results: { original: 'always' }`, each document is stored as it was uploaded. PDFs and images do not become smaller, so",
    `${ORIGINALS.toLocaleString('en-US')} documents of 1 MB are ${ORIGINALS / 1000} GB: **${cell((ORIGINALS / 1000) * PRICES.bucketStorage.usd)} USD** in each month in which they are kept, and`,
    `${cell(ORIGINALS * PRICES.bucketWrite.usd)} USD once for writing them. After a year with so many a month, that is ${cell(12 * (ORIGINALS / 1000) * PRICES.bucketStorage.usd)} USD a month, unless`,
    '`retention.results` removes them.',
    '',
    '## What saves',
    '',
    table(
      ['setting', 'saves'],
      [
        [
          '`network.vpcEndpointId`: the endpoint of another stage or your own',
          cell(DEFAULT_VPC.zones * ASSUMPTIONS.hours.value * PRICES.endpoint.usd),
        ],
        [
          "`network.vpc: {source: 'created', zones: 1}`: when that zone is down, no webhook arrives",
          cell(ASSUMPTIONS.hours.value * PRICES.endpoint.usd),
        ],
        ['`alarms.enabled: false`', cell(alarmCost(busy.template))],
        ['`security.logDataProtection: false`', 'a fifth of the logs'],
      ],
    ),
    '',
    '## Assumptions',
    '',
    table(
      ['', ''],
      Object.values(ASSUMPTIONS).map(({ value, says }) => [String(value), says]),
    ),
    '',
    '## Prices',
    '',
    table(
      ['USD', 'per', 'as of', 'source'],
      Object.values(PRICES).map((price) => [amount(price.usd), price.per, price.asOf, `<${price.source}>`]),
    ),
  ].join('\n')}\n`;
}

function total(template: PaidTemplate, deliveries: number): number {
  return sum(idleCost(template)) + sum(trafficCost(deliveries)) + pollingCost(deliveries);
}

function alarmCost(template: PaidTemplate): number {
  return usd(idleCost(template).find(({ what }) => what === 'alarms') ?? { what: '', amounts: {} });
}

/** A row for each kind of cost that any column has. */
function rows(columns: readonly (readonly CostLine[])[]): string[][] {
  const names = [...new Set(columns.flat().map(({ what }) => what))];
  return names.map((name) => [
    name,
    ...columns.map((lines) => {
      const line = lines.find(({ what }) => what === name);
      return line === undefined ? '–' : cell(usd(line));
    }),
  ]);
}

function cell(value: number): string {
  return value.toFixed(2);
}

function bold(value: number): string {
  return `**${cell(value)}**`;
}

/** A price, without the rounding errors of division. */
function amount(value: number): string {
  return value >= 0.001 ? String(value) : value.toFixed(10).replace(/0+$/, '');
}
