/**
 * Every kind of alarm; each is a section of `docs/runbook.md` of the same name. One kind may be several alarms,
 * one for each channel.
 */
export const ALARM_IDS = [
  'dead-letters',
  'queue-age',
  'webhook-server-errors',
  'webhook-client-errors',
  'webhook-latency',
  'ingress-unhealthy',
  'ingress-errors',
  'deliveries-refused',
  'deliveries-unsigned',
  'deliveries-unverified',
  'secret-missing',
  'events-unrecognized',
  'poller-silent',
  'poller-errors',
  'poller-behind',
  'recovered-by-poll',
  'books-stuck',
  'results-overdue',
  'results-expired',
  'ocrolus-auth',
  'ocrolus-token-renewal',
  'ocrolus-rate-limited',
  'requests-rejected',
  'table-throttles',
  'table-errors',
  'registration-drift',
  'secret-age',
  'upkeep-errors',
] as const;

export type AlarmId = (typeof ALARM_IDS)[number];

/**
 * How urgent it is. `page`: deliveries are being lost, or are not processed, or nobody would notice. `ticket`: late,
 * degraded or wrong, without loss, perhaps for days. Each urgency has a composite alarm of its own, because a composite
 * that is in alarm already sends nothing when another of its alarms goes off: a long ticket must not silence a page.
 */
export const URGENCIES = ['page', 'ticket'] as const;

export type Urgency = (typeof URGENCIES)[number];

/** Everything else is a ticket. */
const PAGES: readonly AlarmId[] = [
  'dead-letters',
  'queue-age',
  'webhook-server-errors',
  'webhook-client-errors',
  'webhook-latency',
  'ingress-unhealthy',
  'ingress-errors',
  'deliveries-refused',
  'deliveries-unsigned',
  'secret-missing',
  'poller-silent',
  'table-throttles',
  'table-errors',
];

export function urgencyOf(id: AlarmId): Urgency {
  return PAGES.includes(id) ? 'page' : 'ticket';
}
