import type { PlayedBook } from './played/played-book.ts';

/** A delivery that Ocrolus sends after the upgrade. */
export interface LaterDelivery {
  readonly event: string;
  readonly ids: Readonly<Record<string, string>>;
}

/** A partition of the fixture, whose index says which state it shows, and what becomes of its book once a newer version runs. */
export interface UpgradedBook {
  /** Partition key of the items. */
  readonly bookId: string;
  /** State of Ocrolus after the upgrade. */
  readonly ocrolus: PlayedBook;
  /** `BOOK.status` in the end, of the book that Ocrolus has, else of the partition. */
  readonly status: string;
  /** `BOOK.complete` in the end. */
  readonly complete: boolean | undefined;
  /**
   * Results that must be stored in the end, with the body that Ocrolus has then: `kind`, or `kind#subject`. Signals are
   * not among them: see `detected`.
   */
  readonly stored: readonly string[];
  /** Documents with the state of Detect that they must have, and that some stored body of signals must say. */
  readonly detected: Readonly<Record<string, string>>;
  /** Hours after the upgrade until Ocrolus shows it. Absent: at once. */
  readonly shownAfterHours?: number;
  readonly later?: readonly LaterDelivery[];
}
