import type { SQSClient } from '@aws-sdk/client-sqs';

/** Number of messages that are visible, in flight, and delayed. */
type Counts = readonly [visible: number, inFlight: number, delayed: number];

/** SQS that only counts, by the queues' URLs; other queues are empty. */
export function sqsWith(queues: Readonly<Record<string, Counts>>): SQSClient {
  const send = async ({ input }: { readonly input: { readonly QueueUrl: string } }) => {
    const [visible, inFlight, delayed] = queues[input.QueueUrl] ?? [0, 0, 0];
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      },
    };
  };
  return { send } as unknown as SQSClient;
}
