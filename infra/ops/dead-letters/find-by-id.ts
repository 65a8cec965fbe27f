import type { Target } from '../target.ts';
import { type DeadLetter, hasId } from './dead-letter.ts';
import { type Description, describe } from './describe.ts';
import { type Disposition, examineQueue } from './examine-queue.ts';
import { findLedgerState, findMoved } from './ledger.ts';
import { type ChannelQueues, deadLetterQueues } from './queues.ts';

/**
 * Handles each dead letter of a delivery or message, in any dead-letter queue. A delivery may have several.
 *
 * @returns the number of dead letters.
 */
export async function handleById(
  target: Target,
  id: string,
  handle: (letter: DeadLetter, queues: ChannelQueues) => Promise<Disposition>,
  channel?: string,
): Promise<number> {
  let handled = 0;
  // In parallel, because even an empty queue takes a second.
  await Promise.all(
    deadLetterQueues(target, channel).map((queues) =>
      examineQueue(
        target.sqs,
        queues.dlqUrl,
        async (letter) => {
          if (!hasId(letter, id)) return 'stays';
          handled += 1;
          return handle(letter, queues);
        },
        () => false,
      ),
    ),
  );
  return handled;
}

/** A dead letter with the ids of its subject, and nothing else of its body. */
export interface DeadLetterDetails extends Description {
  readonly channel: string;
  readonly account: string | null;
  readonly ids: object;
}

/** Finds every dead letter of a delivery or message. @param channel to search; by default all. */
export async function findById(target: Target, id: string, channel?: string): Promise<DeadLetterDetails[]> {
  const table = target.table();
  const found: { letter: DeadLetter; channel: string }[] = [];
  const handle = async (letter: DeadLetter, { channel }: ChannelQueues): Promise<Disposition> => {
    found.push({ letter, channel });
    return 'stays';
  };
  await handleById(target, id, handle, channel);
  return Promise.all(
    found.map(async ({ letter, channel }) => {
      const { envelope } = letter;
      const state =
        envelope &&
        ((await findLedgerState(table, envelope)) ?? (await findMoved(table, [envelope])).get(envelope));
      return {
        channel,
        ...describe(letter, state, Date.now()),
        account: envelope?.account ?? null,
        ids: envelope?.ids ?? {},
      };
    }),
  );
}
