import type { Target } from '../target.ts';
import { type DeadLetter, isNamed } from './dead-letter.ts';
import { type Description, describe } from './describe.ts';
import { findLedgerState, findMoved } from './ledger.ts';
import { type Fate, lookThrough } from './look-through.ts';
import { type ChannelQueues, deadLetterQueues } from './queues.ts';

/**
 * Visits the dead letters of a delivery or message, in whatever dead-letter queue they are. There may be several of a delivery.
 *
 * @returns how many there were.
 */
export async function visitNamed(
  target: Target,
  id: string,
  visit: (letter: DeadLetter, queues: ChannelQueues) => Promise<Fate>,
  channel?: string,
): Promise<number> {
  let visited = 0;
  // At once: each takes a second at least, also when it is empty.
  await Promise.all(
    deadLetterQueues(target, channel).map((queues) =>
      lookThrough(
        target.sqs,
        queues.dlqUrl,
        async (letter) => {
          if (!isNamed(letter, id)) return 'stays';
          visited += 1;
          return visit(letter, queues);
        },
        () => false,
      ),
    ),
  );
  return visited;
}

/** A dead letter with what identifies its subject, and nothing of its body. */
export interface ShownLetter extends Description {
  readonly channel: string;
  readonly account: string | null;
  readonly ids: object;
}

/** Every dead letter of a delivery or message. @param channel where to look; everywhere when left out. */
export async function findNamed(target: Target, id: string, channel?: string): Promise<ShownLetter[]> {
  const table = target.table();
  const found: { letter: DeadLetter; channel: string }[] = [];
  const visit = async (letter: DeadLetter, { channel }: ChannelQueues): Promise<Fate> => {
    found.push({ letter, channel });
    return 'stays';
  };
  await visitNamed(target, id, visit, channel);
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
