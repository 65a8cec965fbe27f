import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Target } from '../target/target.ts';
import { type ChannelQueues, type DeadLetter, deadLetterQueues, hasId } from './dead-letter.ts';
import { type Description, describe, findLedgerState, findMoved, mayHaveMoved } from './describe.ts';
import { type Disposition, examineQueue } from './examine-queue.ts';

interface ExaminedLetter extends Description {
  readonly channel: string;
}

type Handle = (letter: DeadLetter, queues: ChannelQueues) => Promise<Disposition>;

/** Examines one channel's dead-letter queue, or all: in parallel, because even an empty queue takes a second. */
async function examineQueues(
  target: Target,
  channel: string | undefined,
  handle: Handle,
  isOver: () => boolean,
): Promise<void> {
  await Promise.all(
    deadLetterQueues(target, channel).map((queues) =>
      examineQueue(target.sqs, queues.dlqUrl, (letter) => handle(letter, queues), isOver),
    ),
  );
}

/**
 * Examines every message of the dead-letter queues; all stay there.
 *
 * @returns the oldest first.
 * @throws Error if it is interrupted; UsageError for an unknown channel.
 */
export async function examineAll(
  target: Target,
  channel: string | undefined,
  signal: AbortSignal,
): Promise<ExaminedLetter[]> {
  const table = target.table();
  const examined: ExaminedLetter[] = [];
  /** Letters whose ledger entry may be under another book id. */
  const notFound = new Map<Envelope, { readonly letter: DeadLetter; readonly channel: string }>();
  const handle: Handle = async (letter, { channel }) => {
    const { envelope } = letter;
    const state = envelope && (await findLedgerState(table, envelope));
    if (envelope !== undefined && state === undefined && mayHaveMoved(envelope))
      notFound.set(envelope, { letter, channel });
    else examined.push({ channel, ...describe(letter, state, Date.now()) });
    return 'stays';
  };
  await examineQueues(target, channel, handle, () => signal.aborted);
  if (signal.aborted) throw new Error('interrupted; everything is still there');
  const moved = await findMoved(table, [...notFound.keys()]);
  for (const [envelope, { letter, channel }] of notFound) {
    examined.push({ channel, ...describe(letter, moved.get(envelope), Date.now()) });
  }
  return examined.sort((a, b) => b.ageSeconds - a.ageSeconds);
}

/**
 * Handles each dead letter of a delivery or message, in any dead-letter queue. A delivery may have several.
 *
 * @returns the number of dead letters.
 */
export async function handleById(
  target: Target,
  id: string,
  handle: Handle,
  { channel, signal }: { readonly channel?: string | undefined; readonly signal: AbortSignal },
): Promise<number> {
  let handled = 0;
  const handleOne: Handle = async (letter, queues) => {
    if (!hasId(letter, id)) return 'stays';
    handled += 1;
    return handle(letter, queues);
  };
  await examineQueues(target, channel, handleOne, () => signal.aborted);
  return handled;
}

/** A dead letter with the ids of its subject, and nothing else of its body. */
export interface DeadLetterDetails extends ExaminedLetter {
  readonly account: string | null;
  readonly ids: object;
}

/**
 * Finds every dead letter of a delivery or message.
 *
 * @param channel to search; by default all.
 * @throws Error if it is interrupted.
 */
export async function findById(
  target: Target,
  id: string,
  signal: AbortSignal,
  channel?: string,
): Promise<DeadLetterDetails[]> {
  const table = target.table();
  const found: { letter: DeadLetter; channel: string }[] = [];
  const handle: Handle = async (letter, { channel }) => {
    found.push({ letter, channel });
    return 'stays';
  };
  await handleById(target, id, handle, { channel, signal });
  if (signal.aborted) throw new Error('interrupted; everything is still there');
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
