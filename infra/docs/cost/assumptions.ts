/** Quantities that the template does not contain: measured if a test or benchmark shows them, otherwise estimated. */
export const ASSUMPTIONS = {
  hours: { value: 730, says: 'hours of a month' },
  pollersPerQueue: {
    value: 5,
    says: 'connections with which Lambda polls an empty queue (AWS: "Configuring scaling behavior for SQS event source mappings")',
  },
  pollSeconds: { value: 20, says: 'seconds that each of these polls lasts' },
  idlePollSeconds: { value: 0.5, says: 'seconds of a run of the poller that finds nothing' },
  idlePollLogKilobytes: { value: 2.5, says: 'KB of logs of such a run' },
  idlePollReads: { value: 5, says: 'read request units of such a run' },
  idlePollWrites: {
    value: 2,
    says: 'write request units of such a run: a permit, and the place in the list of books',
  },
  webhookCpuSeconds: { value: 0.01, says: 'seconds of the webhook for a delivery besides its requests' },
  consumerCpuSeconds: { value: 0.05, says: 'seconds of a consumer for a batch besides its requests' },
  publisherSeconds: {
    value: 0.02,
    says: 'seconds of the publisher for an event, if each is in a batch of its own',
  },
  accessLogKilobytes: { value: 0.5, says: 'KB of the line of a request in the access log' },
  tracedShare: { value: 0.05, says: 'share of the deliveries that X-Ray traces' },
  warmFunctions: { value: 14, says: 'functions of a busy stage that are warm all the time' },
  keyRequestsPerHour: {
    value: 24,
    says: 'KMS requests of each of these in an hour: secrets are cached for five minutes, and so is the key of the table',
  },
  secretRequestsPerHour: { value: 12, says: 'requests of each of these to Secrets Manager in an hour' },
} as const satisfies Readonly<Record<string, { readonly value: number; readonly says: string }>>;

/** Custom metrics that an idle stage writes in every hour. */
export const IDLE_METRICS = ['PollerRun'] as const;

/**
 * Number of series of each metric that a busy stage writes in every hour. Metrics that are not listed are written only in some hours,
 * when something fails or once a day.
 */
export const BUSY_METRICS = {
  PollerRun: 1,
  BooksDiscovered: 1,
  BooksPolled: 1,
  DueLag: 1,
  FetchedByPoll: 1,
  RecoveredByPoll: 1,
  DeliveryQueued: 1,
  // applied, unchanged, superseded and the like
  DeliveryProcessed: 5,
  ProcessingDelay: 1,
  // retry and broken
  MessageRetried: 2,
  DeliveryRefusedByOcrolus: 1,
  OcrolusLatency: 1,
  OcrolusRateLimited: 1,
} as const;

export const BUSY_SERIES = Object.values(BUSY_METRICS).reduce((total: number, each) => total + each, 0);
