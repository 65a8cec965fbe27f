import { DEFAULT_VPC } from '../../config/network.ts';
import { table } from '../markdown.ts';
import { ASSUMPTIONS, BUSY_METRICS, IDLE_METRICS } from './assumptions.ts';
import {
  alarmMetrics,
  type CostLine,
  dashboardCost,
  idleCost,
  type PaidTemplate,
  sum,
  trafficCost,
  usd,
} from './monthly-cost.ts';
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

const DOCUMENTS = [1000, 50_000, 1_000_000];

/** `docs/cost.md`, from templates, prices and assumptions. @param stages the first one is the one with traffic. */
export function costDocument(stages: readonly [PricedStage, ...PricedStage[]]): string {
  const [busy] = stages;
  const series = Object.values(BUSY_METRICS).reduce((total, each) => total + each, 0);
  return `${[
    '# What it costs',
    '',
    'List prices of `us-east-1`, USD a month, without discounts and free tiers. This file is computed from the templates,',
    '`infra/docs/cost/prices.ts` and `infra/docs/cost/assumptions.ts` by `npm run costs`; a test computes it again.',
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
        ['dashboard, if there is one', ...stages.map(({ template }) => cell(usd(dashboardCost(template))))],
        ['metrics that alarms look at', ...stages.map(({ template }) => String(alarmMetrics(template)))],
      ],
    ),
    '',
    '## In use',
    '',
    `\`${busy.name}\`, by documents a month. A stage through which all events pass writes ${series} custom metrics in every`,
    `hour, an idle one ${IDLE_METRICS.length} (\`${IDLE_METRICS.join('`, `')}\`).`,
    '',
    table(
      ['', ...DOCUMENTS.map((documents) => documents.toLocaleString('en-US'))],
      [
        ['idle, with dashboard', ...DOCUMENTS.map(() => cell(idleWithDashboard(busy.template)))],
        ...rows(DOCUMENTS.map((documents) => trafficCost(documents))),
        [
          '**sum**',
          ...DOCUMENTS.map((documents) =>
            bold(idleWithDashboard(busy.template) + sum(trafficCost(documents))),
          ),
        ],
      ],
    ),
    '',
    'Storage adds up: the row "storage, with recovery" is paid again in each later month in which the data is kept.',
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
        ['`dashboard: false`', cell(PRICES.dashboard.usd)],
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

function idleWithDashboard(template: PaidTemplate): number {
  return sum(idleCost(template)) + usd(dashboardCost(template));
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
