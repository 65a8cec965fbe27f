import type { SQSRecord } from 'aws-lambda';
import type { ProcessedBatch } from '../../system/core.ts';
import type { Violations } from '../violations.ts';

interface Known {
  /** How often the product itself gave it back. */
  returned: number;
  /** Copies that are being processed. */
  atWork: number;
  /** It was received while it was being processed: what each copy does is not told apart. */
  isCopied: boolean;
}

interface Options {
  /** How many of them the stage has at present. */
  readonly quickRetries: () => number;
  /** Whether the messages about a book may wait. */
  readonly mayWait: (bookUuid: string) => boolean;
}

/**
 * A message is not received more often than once and for each quick retry, unless table, bucket or queue failed, or a function died, in one of its
 * earlier receives. One that names no book waits in its queue until its book is known, and one whose book cannot be read until
 * it can be: those end as the dead letter that no run may leave behind.
 */
export class Receives {
  readonly #known = new Map<string, Known>();
  readonly #violations: Violations;
  readonly #options: Options;

  constructor(violations: Violations, options: Options) {
    this.#violations = violations;
    this.#options = options;
  }

  received(records: readonly SQSRecord[]): void {
    for (const { messageId, body } of records) {
      // A look is given back when its batch has no time for it.
      if (body.includes('"source":"poll"')) continue;
      const known = this.#known.get(messageId) ?? { returned: 0, atWork: 0, isCopied: false };
      this.#known.set(messageId, known);
      known.isCopied ||= known.atWork > 0;
      known.atWork += 1;
      // Once for each message.
      if (known.isCopied || known.returned !== this.#options.quickRetries() + 1) continue;
      known.returned += 1;
      const [, name = ''] = /"eventName":"([^"]+)"/.exec(body) ?? [];
      const [, bookUuid] = /"bookUuid":"([^"]+)"/.exec(body) ?? [];
      if (bookUuid === undefined || this.#options.mayWait(bookUuid)) continue;
      this.#violations.add('received-too-often', bookUuid, `${name} is received ${known.returned} times`);
    }
  }

  processed({ records, failed, meter }: ProcessedBatch): void {
    for (const { messageId } of records) {
      const known = this.#known.get(messageId);
      if (known === undefined) continue;
      known.atWork -= 1;
      const isReturned = failed?.has(messageId) !== false;
      if (!isReturned && known.atWork === 0) this.#known.delete(messageId);
      if (failed !== undefined && isReturned && meter.disturbances === 0) known.returned += 1;
    }
  }
}
