import { type GraphWidgetProps, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { customMetric, everySeries, FIVE_MINUTES, type MonitoredResources } from './metrics.ts';

/** Graphs of one row of the dashboard. */
type Graphs = (resources: MonitoredResources) => readonly GraphWidgetProps[];

/** Time that Ocrolus waits for an answer. */
const OCROLUS_WAITS_MS = 5000;

/** Do webhooks arrive? */
const intakeGraphs: Graphs = ({ settings, queues, api }) => {
  const { stage, alarms } = settings;
  const latency = (statistic: string, label: string) =>
    api.metricLatency({ statistic, period: FIVE_MINUTES, label });
  return [
    {
      title: 'Intake: messages queued, by channel; deliveries (right)',
      stacked: true,
      // A free metric of SQS, by queue. It includes messages of the poller.
      left: [...queues].map(([label, { queue }]) =>
        queue.metricNumberOfMessagesSent({ statistic: Stats.SUM, period: FIVE_MINUTES, label }),
      ),
      right: [customMetric(stage, 'DeliveryQueued', {}, { label: 'deliveries' })],
    },
    {
      title: 'Intake: refused, by reason',
      left: [
        everySeries(stage, 'DeliveryRefused', 'reason'),
        api.metricServerError({ statistic: Stats.SUM, period: FIVE_MINUTES, label: 'answered 5xx' }),
        api.metricClientError({ statistic: Stats.SUM, period: FIVE_MINUTES, label: 'answered 4xx' }),
      ],
    },
    {
      title: 'Intake: milliseconds until the answer',
      left: [latency(Stats.p(50), 'median'), latency(Stats.p(99), 'slowest hundredth')],
      leftAnnotations: [
        { value: alarms.webhookLatencyMs, label: 'alarm' },
        { value: OCROLUS_WAITS_MS, label: 'Ocrolus gives up' },
      ],
    },
  ];
};

/** Are deliveries processed? */
const outcomeGraphs: Graphs = ({ settings: { stage }, consumers }) => [
  {
    title: 'Outcomes: deliveries processed, by outcome',
    stacked: true,
    left: [everySeries(stage, 'DeliveryProcessed', 'outcome')],
  },
  {
    title: 'Outcomes: messages retried by class, and refusals of Ocrolus',
    left: [
      everySeries(stage, 'MessageRetried', 'class'),
      customMetric(stage, 'DeliveryRefusedByOcrolus', {}, { label: 'refused by Ocrolus' }),
    ],
  },
  {
    title: 'Outcomes: errors of consumers; throttles (right)',
    left: [...consumers].map(([label, lambda]) => lambda.metricErrors({ period: FIVE_MINUTES, label })),
    right: [...consumers].map(([label, lambda]) => lambda.metricThrottles({ period: FIVE_MINUTES, label })),
  },
];

/** How long does processing take? */
const latencyGraphs: Graphs = ({ settings: { stage, alarms }, queues }) => [
  {
    title: 'Latency: age of the oldest message, seconds',
    left: [...queues].map(([label, { queue }]) =>
      queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES, label }),
    ),
    leftAnnotations: [{ value: alarms.queueAgeMinutes.results * 60, label: 'alarm, where results wait' }],
  },
  {
    title: 'Latency: milliseconds from receipt to the ledger',
    left: [
      customMetric(stage, 'ProcessingDelay', {}, { statistic: Stats.p(50), label: 'median' }),
      customMetric(stage, 'ProcessingDelay', {}, { statistic: Stats.p(99), label: 'slowest hundredth' }),
    ],
  },
  {
    title: 'Latency: milliseconds that Ocrolus takes',
    left: [
      customMetric(stage, 'OcrolusLatency', {}, { statistic: Stats.p(50), label: 'median' }),
      customMetric(stage, 'OcrolusLatency', {}, { statistic: Stats.p(99), label: 'slowest hundredth' }),
    ],
  },
];

const MOST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/** What waits, and what is missing for too long? */
const backlogGraphs: Graphs = ({ settings: { stage }, queues }) => [
  {
    title: 'Backlog: dead letters, by channel',
    stacked: true,
    left: [...queues].map(([label, { deadLetterQueue }]) =>
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...MOST, label }),
    ),
  },
  {
    title: 'Backlog: waiting messages, by channel',
    stacked: true,
    left: [...queues].map(([label, { queue }]) =>
      queue.metricApproximateNumberOfMessagesVisible({ ...MOST, label }),
    ),
  },
  {
    title:
      'Backlog: overdue results, stuck books; seconds that results wait, by cause, and lag of the poller (right)',
    left: [
      customMetric(stage, 'ResultsOverdue', {}, { label: 'results overdue' }),
      everySeries(stage, 'ResultExpired', 'kind'),
      everySeries(stage, 'RequestRejected', 'operation'),
      customMetric(stage, 'AnswerNotProcessed', {}, { label: 'answers not processed' }),
      customMetric(stage, 'BooksStuck', {}, { label: 'books stuck' }),
      customMetric(stage, 'ItemUnreadable', {}, { label: 'items unreadable' }),
    ],
    right: [
      customMetric(stage, 'DueLag', {}, { statistic: Stats.MAXIMUM, label: 'lag' }),
      everySeries(stage, 'ResultWaiting', 'cause', Stats.MAXIMUM),
      customMetric(stage, 'MessageFailing', {}, { statistic: Stats.MAXIMUM, label: 'message failing' }),
    ],
  },
];

/** What did the poller recover, does it run, and does Ocrolus answer? */
const recoveryGraphs: Graphs = ({ settings: { stage } }) => [
  {
    title: 'Recovery: results of lost webhooks; results that no webhook announces (right)',
    stacked: true,
    left: [customMetric(stage, 'RecoveredByPoll', {}, { label: 'recovered' })],
    right: [customMetric(stage, 'FetchedByPoll', {}, { label: 'fetched' })],
  },
  {
    title: 'Recovery: runs of the poller; books polled, books discovered (right)',
    left: [customMetric(stage, 'PollerRun', {}, { label: 'runs' })],
    right: [
      customMetric(stage, 'BooksPolled', {}, { label: 'polled' }),
      customMetric(stage, 'BooksDiscovered', {}, { label: 'discovered' }),
    ],
  },
  {
    title: 'Ocrolus: 429s, no token, and registration',
    left: [
      customMetric(stage, 'OcrolusRateLimited', {}, { label: '429' }),
      everySeries(stage, 'AccountNotAsked', 'cause'),
      customMetric(stage, 'OcrolusTokenRenewalFailed', {}, { label: 'token not renewed' }),
      customMetric(stage, 'RegistrationDrift', {}, { statistic: 'Maximum', label: 'registration differs' }),
      customMetric(stage, 'TestPing', {}, { label: 'test pings' }),
    ],
  },
];

/** The rows of the dashboard, from top to bottom. */
export const GRAPHS: readonly Graphs[] = [
  intakeGraphs,
  outcomeGraphs,
  latencyGraphs,
  backlogGraphs,
  recoveryGraphs,
];
