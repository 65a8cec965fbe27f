/**
 * Every kind of alarm; each is a section of `docs/runbook.md` of the same name. One kind may be several alarms,
 * one for each channel.
 */
export const ALARM_IDS = [
  'dead-letters',
  'queue-age',
  'consumer-errors',
  'consumer-throttles',
  'consumer-duration',
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

/** The composite of all of them, with a runbook section of its own. */
export const PIPELINE = 'pipeline';
