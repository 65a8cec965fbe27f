import { DEFAULT_VPC } from '../../config/network.ts';
import { page, table } from '../markdown.ts';
import { ASSUMPTIONS, BUSY_SERIES, IDLE_METRICS } from './assumptions.ts';
import {
  alarmMetrics,
  type Costs,
  idleCost,
  type PaidTemplate,
  pollingCost,
  sum,
  trafficCost,
  usd,
} from './monthly-cost.ts';
import PER_DELIVERY from './per-delivery.json' with { type: 'json' };
import { PRICES } from './prices.ts';

export interface PricedStage {
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
  events: 'events published for other services',
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
  const idle = stages.map(({ template }) => idleCost(template));
  const idleBusy = idleCost(busy.template);
  const traffic = DELIVERIES.map(trafficCost);
  const storage = (ORIGINALS / 1000) * PRICES.bucketStorage.usd;
  const million = sum(trafficCost(2_000_000)) - sum(trafficCost(1_000_000));
  const tenth = PER_DELIVERY.day.calls * 0.1 * 0.5 * 1_000_000 * PRICES.lambdaGigabyteSecond.usd;
  const inEachStage = (usd: number) => stages.map(() => cell(usd));
  return page(
    '# What it costs',
    `List prices of \`us-east-1\`, USD a month, without discounts and free tiers. This file is computed by \`npm run costs\`, from the
templates, what the system uses for a delivery (measured), \`infra/docs/cost/prices.ts\` and \`infra/docs/cost/assumptions.ts\`; a test
computes it again.`,
    '## While nothing happens',
    table(
      ['', ...stages.map(({ name }) => name)],
      [
        ...rows(idle),
        ['**sum**', ...idle.map((costs) => bold(sum(costs)))],
        ['target', ...stages.map(({ target }) => `≤ ${target}`)],
        [
          'before [decision 0025](decisions/0025-what-is-monitored-and-what-it-costs.md)',
          ...stages.map(({ before }) => (before === undefined ? '–' : cell(before))),
        ],
        ['dashboard, with `dashboard: true`', ...inEachStage(PRICES.dashboard.usd)],
        ['rotation of the key, after a year', ...inEachStage(PRICES.keyRotation.usd)],
        ['rotation of the key, after two years', ...inEachStage(2 * PRICES.keyRotation.usd)],
        ['metrics that alarms look at', ...stages.map(({ template }) => String(alarmMetrics(template)))],
      ],
    ),
    '## In use',
    `\`${busy.name}\`, by deliveries a month. A stage through which all events pass writes ${BUSY_SERIES} custom metrics in every
hour, an idle one ${IDLE_METRICS.length} (\`${IDLE_METRICS.join('`, `')}\`).`,
    table(
      ['', ...DELIVERIES.map((deliveries) => deliveries.toLocaleString('en-US'))],
      [
        ['idle', ...DELIVERIES.map(() => cell(sum(idleBusy)))],
        ...rows(traffic),
        [
          'polling of their books for a month',
          ...DELIVERIES.map((deliveries) => cell(pollingCost(deliveries))),
        ],
        [
          '**sum**',
          ...DELIVERIES.map((deliveries) =>
            bold(sum(idleBusy) + sum(trafficCost(deliveries)) + pollingCost(deliveries)),
          ),
        ],
      ],
    ),
    `A million deliveries cost **${cell(million)} USD**, and the polling of their books afterwards
${cell(pollingCost(1_000_000))} USD. Storage adds up: its row is paid again in each later month in which the data is kept.`,
    '### What a delivery uses',
    `Measured with the whole system in virtual time, by \`npm run costs\`: 20 books with four documents and eleven deliveries each,
whose documents are verified a minute apart, and which are polled for 31 days. Requests take as long as they do
on a usual day (\`test/bench/per-delivery.ts\`). Of Ocrolus that is assumed: 0.1 to 0.3 seconds. Each further tenth of a second costs
${cell(tenth)} USD for a million deliveries.`,
    table(
      ['on the first day', 'in a month', ''],
      (Object.keys(SAYS) as (keyof typeof SAYS)[]).map((name) => [
        String(PER_DELIVERY.day[name]),
        String(PER_DELIVERY.month[name]),
        SAYS[name],
      ]),
    ),
    '## Original documents',
    `With \`results: { original: 'always' }\`, each document is stored as it was uploaded. PDFs and images do not become smaller, so
${ORIGINALS.toLocaleString('en-US')} documents of 1 MB are ${ORIGINALS / 1000} GB: **${cell(storage)} USD** in each month in which they are kept, and
${cell(ORIGINALS * PRICES.bucketWrite.usd)} USD once for writing them. After a year with so many a month, that is ${cell(12 * storage)} USD a month, unless
\`retention.results\` removes them.`,
    '## What saves',
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
        ['`alarms.enabled: false`', cell(usd(idleBusy.alarms ?? {}))],
        ['`security.logDataProtection: false`', 'a fifth of the logs'],
      ],
    ),
    '## Assumptions',
    table(
      ['', ''],
      Object.values(ASSUMPTIONS).map(({ value, says }) => [String(value), says]),
    ),
    '## Prices',
    table(
      ['USD', 'per', 'as of', 'source'],
      Object.values(PRICES).map((price) => [amount(price.usd), price.per, price.asOf, `<${price.source}>`]),
    ),
  );
}

/** A row for each kind of cost that any column has. */
function rows(columns: readonly Costs[]): string[][] {
  const names = new Set(columns.flatMap((costs) => Object.keys(costs)));
  return [...names].map((name) => [
    name,
    ...columns.map(({ [name]: amounts }) => (amounts === undefined ? '–' : cell(usd(amounts)))),
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
