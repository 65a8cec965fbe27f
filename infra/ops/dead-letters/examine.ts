import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Target } from '../target.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type Description, describe } from './describe.ts';
import { examineQueue } from './examine-queue.ts';
import { findLedgerState, findMoved, mayHaveMoved } from './ledger.ts';
import { deadLetterQueues } from './queues.ts';

/** A dead letter, described for an operator. */
export interface ExaminedLetter extends Description {
  readonly channel: string;
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
  await Promise.all(
    deadLetterQueues(target, channel).map(({ channel, dlqUrl }) =>
      examineQueue(
        target.sqs,
        dlqUrl,
        async (letter) => {
          const { envelope } = letter;
          const state = envelope && (await findLedgerState(table, envelope));
          if (envelope !== undefined && state === undefined && mayHaveMoved(envelope))
            notFound.set(envelope, { letter, channel });
          else examined.push({ channel, ...describe(letter, state, Date.now()) });
          return 'stays';
        },
        () => signal.aborted,
      ),
    ),
  );
  if (signal.aborted) throw new Error('interrupted; everything is still there');
  const moved = await findMoved(table, [...notFound.keys()]);
  for (const [envelope, { letter, channel }] of notFound) {
    examined.push({ channel, ...describe(letter, moved.get(envelope), Date.now()) });
  }
  return examined.sort((a, b) => b.ageSeconds - a.ageSeconds);
}

/** Describes why, such as `retries-used-up (http-403 x4, network)` or `processed-already (applied)`. */
export function describeWhy({ why, outcome, codes }: Description): string {
  if (why === 'processed-already') return `${why} (${outcome})`;
  const counts = [...Map.groupBy(codes, (code) => code)].map(([code, all]) =>
    all.length === 1 ? code : `${code} x${all.length}`,
  );
  return counts.length === 0 ? why : `${why} (${counts.join(', ')})`;
}
