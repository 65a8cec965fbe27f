/**
 * How urgent it is. `page`: deliveries are being lost, or are not processed, or nobody would notice. `ticket`: late,
 * degraded or wrong, without loss, perhaps for days. Each urgency has a composite alarm of its own, because a composite
 * that is in alarm already sends nothing when another of its alarms goes off: a long ticket must not silence a page.
 */
export const URGENCIES = ['page', 'ticket'] as const;

export type Urgency = (typeof URGENCIES)[number];

/**
 * Every kind of alarm; each is a section of `docs/runbook.md` of the same name. One kind may be several alarms,
 * one for each channel.
 */
const URGENCY_OF = {
  'dead-letters': 'page',
  'queue-age': 'page',
  'webhook-server-errors': 'page',
  'webhook-client-errors': 'page',
  'webhook-latency': 'page',
  'ingress-unhealthy': 'page',
  'ingress-errors': 'page',
  'deliveries-refused': 'page',
  'deliveries-unsigned': 'page',
  'deliveries-unverified': 'ticket',
  'secret-missing': 'page',
  'events-unrecognized': 'ticket',
  'poller-silent': 'page',
  'poller-errors': 'ticket',
  'poller-behind': 'ticket',
  'recovered-by-poll': 'ticket',
  'books-stuck': 'ticket',
  'results-overdue': 'ticket',
  'results-expired': 'ticket',
  'ocrolus-auth': 'ticket',
  'ocrolus-token-renewal': 'ticket',
  'ocrolus-rate-limited': 'ticket',
  'requests-rejected': 'ticket',
  'table-throttles': 'page',
  'table-errors': 'page',
  'registration-drift': 'ticket',
  'secret-age': 'ticket',
  'upkeep-errors': 'ticket',
} as const satisfies Readonly<Record<string, Urgency>>;

export type AlarmId = keyof typeof URGENCY_OF;

export const ALARM_IDS = Object.keys(URGENCY_OF) as AlarmId[];

export function urgencyOf(id: AlarmId): Urgency {
  return URGENCY_OF[id];
}
