import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Harness } from '../harness.ts';

const VISIBLE = 'ApproximateNumberOfMessages';
const HIDDEN = ['ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;

/** Messages in queues that a consumer could receive now. */
export function countVisible(harness: Harness, urls: readonly string[]): Promise<number> {
  return count(harness, urls, [VISIBLE]);
}

/** Messages in queues, whether visible, in flight or delayed. */
export function countMessages(harness: Harness, urls: readonly (string | null)[]): Promise<number> {
  return count(harness, urls, [VISIBLE, ...HIDDEN]);
}

async function count(
  { sqs }: Harness,
  urls: readonly (string | null)[],
  AttributeNames: (typeof VISIBLE | (typeof HIDDEN)[number])[],
): Promise<number> {
  let sum = 0;
  for (const QueueUrl of urls) {
    if (QueueUrl === null) continue;
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    for (const name of AttributeNames) sum += Number(Attributes[name] ?? 0);
  }
  return sum;
}
