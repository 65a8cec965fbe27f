import type { Graphs } from '../dashboard.ts';
import { everySeries, FIVE_MINUTES } from '../metrics.ts';

/** Are they being processed? */
export const outcomeGraphs: Graphs = ({ settings: { stage }, consumers }) => [
  {
    title: 'Outcomes: deliveries processed, by outcome',
    stacked: true,
    left: [everySeries(stage, 'DeliveryProcessed', 'outcome')],
  },
  {
    title: 'Outcomes: messages retried by class, and refusals of Ocrolus by code',
    left: [
      everySeries(stage, 'MessageRetried', 'class'),
      everySeries(stage, 'DeliveryRefusedByOcrolus', 'code'),
    ],
  },
  {
    title: 'Outcomes: errors of consumers; throttles (right)',
    left: [...consumers].map(([label, lambda]) => lambda.metricErrors({ period: FIVE_MINUTES, label })),
    right: [...consumers].map(([label, lambda]) => lambda.metricThrottles({ period: FIVE_MINUTES, label })),
  },
];
