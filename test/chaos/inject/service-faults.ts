import { type FaultContext, strikes } from './context.ts';
import type { Passing, Rules, ServiceFault } from './proxy.ts';

function oneOf({ random }: FaultContext, faults: readonly [ServiceFault, ...ServiceFault[]]): ServiceFault {
  return faults[Math.floor(random() * faults.length)] ?? faults[0];
}

const BROKEN: ServiceFault = { kind: 'broken' };
const ANSWER_LOST: ServiceFault = { kind: 'answer-lost' };
const error = (status: number, type: string): ServiceFault => ({
  kind: 'refused',
  status,
  body: JSON.stringify({ __type: type, message: 'chaos' }),
});
const THROTTLED = error(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException');
const INTERNAL = error(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError');

/** In front of DynamoDB. */
export const dynamodbFault = (context: FaultContext) => (): ServiceFault | undefined => {
  if (strikes(context, 'dynamodb-throttled', 0.01)) return THROTTLED;
  if (strikes(context, 'dynamodb-failures', 0.02)) return oneOf(context, [INTERNAL, BROKEN, ANSWER_LOST]);
  return undefined;
};

/** In front of SQS, for what the functions ask of it. */
export const sqsFault =
  (context: FaultContext) =>
  ({ operation }: Passing): ServiceFault | undefined => {
    if (strikes(context, 'sqs-failures', 0.02))
      return oneOf(context, [error(500, 'com.amazonaws.sqs#InternalError'), BROKEN, ANSWER_LOST]);
    // A standard queue may deliver a message twice: the effect is the same as sending it twice.
    if (operation.startsWith('SendMessage') && strikes(context, 'sqs-duplicates', 0.05))
      return { kind: 'twice' };
    return undefined;
  };

/** In front of S3, for what the functions ask of it: few results are that large, so a large share of them fails. */
export const bucketFault = (context: FaultContext) => (): ServiceFault | undefined =>
  strikes(context, 'bucket-failures', 0.3)
    ? oneOf(context, [{ kind: 'refused', status: 503 }, BROKEN, ANSWER_LOST])
    : undefined;

/** In front of our API. */
export const webhookFault = (context: FaultContext) => (): ServiceFault | undefined =>
  strikes(context, 'webhook-down', 0.01)
    ? oneOf(context, [
        { kind: 'refused', status: 503 },
        { kind: 'refused', status: 502 },
        BROKEN,
        ANSWER_LOST,
      ])
    : undefined;

/** Divides the seconds for which a consumer hides a message or delays a new one. */
export const shorterWaits =
  (compression: number): NonNullable<Rules['rewrite']> =>
  ({ operation, body }) => {
    const name = WAITS.get(operation);
    if (name === undefined) return body;
    const request: Record<string, unknown> = JSON.parse(body.toString('utf8'));
    const seconds = request[name];
    if (typeof seconds !== 'number') return body;
    return Buffer.from(JSON.stringify({ ...request, [name]: Math.ceil(seconds / compression) }));
  };

const WAITS = new Map([
  ['ChangeMessageVisibility', 'VisibilityTimeout'],
  ['SendMessage', 'DelaySeconds'],
]);
