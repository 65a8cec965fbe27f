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
  documentsPerBook: { value: 5, says: 'documents in a book' },
  deliveriesPerDocument: {
    value: 3,
    says: 'deliveries for a document, its share of those for the book included',
  },
  deliveryKilobytes: { value: 2, says: 'KB in the body of a delivery' },
  requestsPerMessage: { value: 3, says: 'SQS requests for a message: send, receive, delete' },
  webhookSeconds: { value: 0.1, says: 'seconds that the webhook takes to answer' },
  consumerSeconds: { value: 1, says: 'seconds of a consumer for a delivery, most of it waiting for Ocrolus' },
  kilobytesPerDocument: {
    value: 35,
    says: 'KB written to the table for a document: forms gzipped, ledger, index',
  },
  readsPerDocument: { value: 50, says: 'read request units for a document' },
  logKilobytesPerDocument: {
    value: 20,
    says: 'KB of logs for a document, without lines about calls to Ocrolus',
  },
  callsPerDocument: {
    value: 6,
    says: 'calls of consumers to Ocrolus for a document, its share of those for the book included',
  },
  callLogKilobytes: { value: 0.48, says: 'KB of the log line of each of these calls ("Ocrolus asked")' },
  objectsPerDocument: { value: 0.2, says: 'bodies that are too large for the table, for a document' },
  keyRequestsPerDelivery: { value: 1, says: 'KMS requests for a delivery' },
  tracesPerDelivery: {
    value: 1,
    says: 'traces recorded for a delivery, if it is the only one in its second',
  },
  sampledTraces: {
    value: 0.2,
    says: 'share of these that is recorded at a million documents a month: one a second, and 5 %',
  },
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
