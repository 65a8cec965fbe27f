import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { World } from './world.ts';

const VISIBLE = 'ApproximateNumberOfMessages';
const HIDDEN = ['ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;

/** Messages in queues that a consumer could receive now. */
export function countVisible(world: World, urls: readonly string[]): Promise<number> {
  return count(world, urls, [VISIBLE]);
}

/** Messages in queues, whether visible, being worked on or delayed. */
export function countMessages(world: World, urls: readonly (string | null)[]): Promise<number> {
  return count(world, urls, [VISIBLE, ...HIDDEN]);
}

async function count(
  { sqs }: World,
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
