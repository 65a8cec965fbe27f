import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { type RemovedData, removeBody } from '../../../shared/store/removal/remove-book-data.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import { type Disposition, examineQueue } from '../dead-letters/examine-queue.ts';
import type { Target } from '../target/target.ts';
import { type BookNames, isAbout } from './names.ts';

/**
 * Deletes the dead letters of a book, of every channel, with their bodies in the bucket.
 *
 * @param options `removed` is incremented. `isPreview`: the queues are not changed.
 * @returns the number of dead letters.
 * @throws Error if it is interrupted.
 */
export async function removeDeadLetters(
  { sqs, queues, bodies }: Pick<Target, 'sqs' | 'queues' | 'bodies'>,
  names: BookNames,
  options: { readonly removed: RemovedData; readonly isPreview: boolean; readonly signal: AbortSignal },
): Promise<number> {
  const { removed, isPreview, signal } = options;
  let count = 0;
  const removeFrom = (dlqUrl: string) => {
    const visit = async (letter: DeadLetter): Promise<Disposition> => {
      if (!isOf(names, letter)) return 'stays';
      count += 1;
      const payload = letter.envelope?.payload;
      if (payload?.encoding === 's3') await removeBody(bodies, payload, removed);
      if (isPreview) return 'stays';
      await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: letter.receiptHandle }));
      return 'deleted';
    };
    return examineQueue(sqs, dlqUrl, visit, () => signal.aborted);
  };
  const urls = Object.values(queues).flatMap(({ dlqUrl }) => dlqUrl ?? []);
  const emptied = await Promise.allSettled(urls.map(removeFrom));
  for (const one of emptied) if (one.status === 'rejected') throw one.reason;
  if (signal.aborted) throw new Error('interrupted; run it again for the rest');
  return count;
}

/** An unreadable message is about the book if the uuid is in it as a whole word: an id may be as short as a letter. */
function isOf(names: BookNames, { envelope, body }: DeadLetter): boolean {
  const { bookUuid } = names;
  if (envelope === undefined) {
    return (
      bookUuid !== undefined &&
      body
        .toLowerCase()
        .split(/[^\w-]+/)
        .includes(bookUuid)
    );
  }
  return isAbout(names, envelope.ids);
}
