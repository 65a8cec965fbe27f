/** A message as a queue had it. Times are Unix milliseconds. */
export interface RecordedMessage {
  readonly id: string;
  readonly group: string;
  readonly sentAt: number;
  /** Number of receives so far. */
  readonly receiveCount: number;
  readonly visibleAt: number;
  /** Parsed; a text that is not JSON is a string. */
  readonly body: unknown;
}

/** State that a version left behind: see `about` and `index` of the file. */
export interface Fixture {
  readonly about: string;
  /** State that each partition shows, and the later state of its book in Ocrolus. */
  readonly index: readonly {
    readonly bookId: string;
    readonly shows: string;
    readonly ocrolus: string;
  }[];
  /** End of the fixture. */
  readonly at: string;
  /** Binary attributes as `{base64}`. */
  readonly table: readonly Readonly<Record<string, unknown>>[];
  /** Objects of the bucket, gzipped. */
  readonly bodies: readonly { readonly bucket: string; readonly key: string; readonly gzip: string }[];
  readonly queues: Readonly<Record<string, readonly RecordedMessage[]>>;
  readonly deadLetters: Readonly<Record<string, readonly RecordedMessage[]>>;
}
