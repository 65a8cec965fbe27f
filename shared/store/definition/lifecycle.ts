/** How long bodies are kept, in days. */
export interface BodyRetention {
  /** Body of a delivery: as long as its ledger entry. */
  readonly deliveries: number;
  /** Body of a result: longer than any item that points to it. Absent: permanent. */
  readonly results: number | undefined;
}

/** A lifecycle rule of the bucket. Times are in days. */
export interface LifecycleRule {
  readonly id: string;
  /** Absent: every object. */
  readonly prefix?: string;
  readonly expiration?: number;
  readonly versionExpiration?: number;
  /** An expired object leaves a delete marker, which has no use once the earlier versions are gone. */
  readonly removesMarkers?: true;
  readonly uploadExpiration?: number;
}

/** The lifecycle rules of a bucket that the stack creates, and of one that it adopts (docs/restore.md#what-is-checked). */
export function lifecycleRules({ deliveries, results }: BodyRetention): LifecycleRule[] {
  return [
    { id: 'deliveries', prefix: 'deliveries/', expiration: deliveries },
    ...(results === undefined ? [] : [{ id: 'results', prefix: 'results/', expiration: results }]),
    { id: 'leftovers', versionExpiration: 30, removesMarkers: true, uploadExpiration: 1 },
  ];
}
