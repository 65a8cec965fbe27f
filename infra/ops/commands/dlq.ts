import type { Envelope } from '../../../shared/events/envelope.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import { listenForInterruption } from '../../command-line/interruption.ts';
import { tableText } from '../../command-line/table-text.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import { type Description, describe } from '../dead-letters/describe.ts';
import { findLedgerState, findMoved, mayHaveMoved } from '../dead-letters/ledger.ts';
import { lookThrough } from '../dead-letters/look-through.ts';
import { channelQueues } from '../dead-letters/queues.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';
import type { Target } from '../target.ts';

export function dlqCommand(run: Run) {
  return stackCommand('dlq', {
    summary: 'what is in a dead-letter queue, and why; it stays there',
    status0: 'every message was examined, whatever it is.',
    examples: [
      ['ops dlq doc-verified', 'oldest first'],
      ['ops dlq doc-verified --stage prod --json', 'for a program'],
    ],
  })
    .argument('<channel>', 'the channel, as "ops queues" names it')
    .action((channel, options) => run(options, (session) => showDeadLetters(session, channel)));
}

async function showDeadLetters({ target, screen }: Session, channel: string): Promise<Output> {
  const { dlqUrl } = channelQueues(target, channel);
  const table = target.table();
  const { described: document, notFound } = await examineAll(target, dlqUrl, table);
  const moved = await findMoved(table, [...notFound.keys()]);
  for (const [envelope, letter] of notFound) document.push(describe(letter, moved.get(envelope), Date.now()));
  document.sort((a, b) => b.ageSeconds - a.ageSeconds);
  const rows = document.map((one) => [
    one.event ?? '-',
    one.book ?? '-',
    one.deliveryId ?? one.messageId,
    String(one.attempts),
    one.firstReceived ?? '-',
    String(one.ageSeconds),
    describeWhy(one),
  ]);
  const header = ['EVENT', 'BOOK', 'DELIVERY', 'ATTEMPTS', 'FIRST RECEIVED', 'AGE S', 'WHY'];
  return { document, text: tableText(header, rows, screen) };
}

/**
 * @returns `notFound`: those whose ledger entry may be under another book id.
 * @throws Error when it is interrupted.
 */
async function examineAll({ sqs }: Target, dlqUrl: string, table: DynamoTable) {
  const described: Description[] = [];
  const notFound = new Map<Envelope, DeadLetter>();
  using interruption = listenForInterruption();
  await lookThrough(
    sqs,
    dlqUrl,
    async (letter) => {
      const { envelope } = letter;
      const state = envelope && (await findLedgerState(table, envelope));
      if (envelope !== undefined && state === undefined && mayHaveMoved(envelope))
        notFound.set(envelope, letter);
      else described.push(describe(letter, state, Date.now()));
      return 'stays';
    },
    () => interruption.signal.aborted,
  );
  if (interruption.signal.aborted) throw new Error('interrupted; everything is still there');
  return { described, notFound };
}

/** Such as `retries-used-up (http-403 x4, network)` or `processed-already (applied)`. */
function describeWhy({ why, outcome, codes }: Description): string {
  if (why === 'processed-already') return `${why} (${outcome})`;
  const counts = [...Map.groupBy(codes, (code) => code)].map(([code, all]) =>
    all.length === 1 ? code : `${code} x${all.length}`,
  );
  return counts.length === 0 ? why : `${why} (${counts.join(', ')})`;
}
