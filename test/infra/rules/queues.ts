import { ofType, type Rule, target } from './template.ts';

/** SQS's defaults, in seconds. */
const VISIBILITY = 30;
const RETENTION = 345_600;

/** Lambda refuses batches of more than 10 without a window. A short visibility timeout delivers messages twice. */
export const eventSourcesFit: Rule = (template) =>
  ofType(template, 'AWS::Lambda::EventSourceMapping').flatMap(([id, mapping]) => {
    const faults: string[] = [];
    const queue = target(template, mapping.EventSourceArn);
    const lambda = target(template, mapping.FunctionName);
    if ((mapping.BatchSize ?? 10) > 10 && !(mapping.MaximumBatchingWindowInSeconds >= 1)) {
      faults.push(`${id}: a batch of more than 10 needs a batching window`);
    }
    const concurrency = mapping.ScalingConfig?.MaximumConcurrency;
    if (concurrency !== undefined && (concurrency < 2 || concurrency > 1000)) {
      faults.push(`${id}: a maximum concurrency of ${concurrency} is not among 2 to 1000`);
    }
    if (queue && lambda && (queue.VisibilityTimeout ?? VISIBILITY) < 6 * (lambda.Timeout ?? 3)) {
      faults.push(`${id}: the queue's visibility timeout is less than six times the function's timeout`);
    }
    return faults;
  });

/** Dead-letter queues: throttled polls count as receives, and a message keeps its age when it moves. */
export const redriveIsSafe: Rule = (template) =>
  ofType(template, 'AWS::SQS::Queue').flatMap(([id, queue]) => {
    const { RedrivePolicy: redrive } = queue;
    if (redrive === undefined) return [];
    const faults: string[] = [];
    if (!(redrive.maxReceiveCount >= 3)) {
      faults.push(`${id}: maxReceiveCount ${redrive.maxReceiveCount} is less than 3`);
    }
    const dlq = target(template, redrive.deadLetterTargetArn);
    if (dlq === undefined) return [...faults, `${id}: its dead-letter queue is not in the template`];
    if ((dlq.MessageRetentionPeriod ?? RETENTION) <= (queue.MessageRetentionPeriod ?? RETENTION)) {
      faults.push(`${id}: its dead-letter queue does not keep messages longer than it does itself`);
    }
    if (dlq.RedrivePolicy !== undefined) {
      faults.push(`${id}: its dead-letter queue has a dead-letter queue`);
    }
    return faults;
  });
