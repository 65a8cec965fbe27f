import type { Graphs } from '../dashboard.ts';
import { everySeries, FIVE_MINUTES, ownMetric } from '../metrics.ts';

/** Are they being processed? */
export const outcomeGraphs: Graphs = ({ settings: { stage }, consumers }) => [
  {
    title: 'Outcomes: deliveries processed, by outcome',
    stacked: true,
    left: [everySeries(stage, 'DeliveryProcessed', 'outcome')],
  },
  {
    title: 'Outcomes: messages retried by class, and refusals of Ocrolus',
    left: [
      everySeries(stage, 'MessageRetried', 'class'),
      ownMetric(stage, 'DeliveryRefusedByOcrolus', {}, { label: 'refused by Ocrolus' }),
    ],
  },
  {
    title: 'Outcomes: errors of consumers; throttles (right)',
    left: [...consumers].map(([label, lambda]) => lambda.metricErrors({ period: FIVE_MINUTES, label })),
    right: [...consumers].map(([label, lambda]) => lambda.metricThrottles({ period: FIVE_MINUTES, label })),
  },
];
