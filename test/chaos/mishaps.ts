import type { Fault, Tally, Weather } from './faults.ts';
import type { Mishap, Passing, Rules } from './proxy.ts';

/** What is out of order for a while, apart from single mishaps. */
export class Outages {
  readonly #until = new Map<Fault, number>();

  begin(fault: Fault, milliseconds: number): void {
    this.#until.set(fault, Date.now() + milliseconds);
  }

  has(fault: Fault): boolean {
    return (this.#until.get(fault) ?? 0) > Date.now();
  }

  end(): void {
    this.#until.clear();
  }
}

export interface Sky {
  readonly weather: Weather;
  readonly outages: Outages;
  readonly random: () => number;
  readonly tally: Tally;
  /** Nothing happens any more. */
  calm: boolean;
}

/** A single mishap, at random or because of an outage. */
function strikes(sky: Sky, fault: Fault, chance: number): boolean {
  const drawn = sky.random();
  if (sky.calm || !sky.weather.has(fault)) return false;
  const struck = drawn < chance || sky.outages.has(fault);
  if (struck) sky.tally.add(fault);
  return struck;
}

function oneOf(sky: Sky, mishaps: readonly [Mishap, ...Mishap[]]): Mishap {
  return mishaps[Math.floor(sky.random() * mishaps.length)] ?? mishaps[0];
}

const BROKEN: Mishap = { kind: 'broken' };
const ANSWER_LOST: Mishap = { kind: 'answer-lost' };
const error = (status: number, type: string): Mishap => ({
  kind: 'refused',
  status,
  body: JSON.stringify({ __type: type, message: 'chaos' }),
});
const THROTTLED = error(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException');
const INTERNAL = error(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError');

/** In front of DynamoDB. */
export const dynamodbMishap = (sky: Sky) => (): Mishap | undefined => {
  if (strikes(sky, 'dynamodb-throttled', 0.01)) return THROTTLED;
  if (strikes(sky, 'dynamodb-failures', 0.02)) return oneOf(sky, [INTERNAL, BROKEN, ANSWER_LOST]);
  return undefined;
};

/** In front of SQS, for what the functions ask of it. */
export const sqsMishap =
  (sky: Sky) =>
  ({ operation }: Passing): Mishap | undefined => {
    if (strikes(sky, 'sqs-failures', 0.02))
      return oneOf(sky, [error(500, 'com.amazonaws.sqs#InternalError'), BROKEN, ANSWER_LOST]);
    // A standard queue may hand out a message twice: then it was as if it had been sent twice.
    if (operation.startsWith('SendMessage') && strikes(sky, 'sqs-duplicates', 0.05)) return { kind: 'twice' };
    return undefined;
  };

/** In front of S3, for what the functions ask of it. */
export const bucketMishap = (sky: Sky) => (): Mishap | undefined =>
  strikes(sky, 'bucket-failures', 0.05)
    ? oneOf(sky, [{ kind: 'refused', status: 503 }, BROKEN, ANSWER_LOST])
    : undefined;

/** In front of our API. */
export const webhookMishap = (sky: Sky) => (): Mishap | undefined =>
  strikes(sky, 'webhook-down', 0.01)
    ? oneOf(sky, [{ kind: 'refused', status: 503 }, { kind: 'refused', status: 502 }, BROKEN, ANSWER_LOST])
    : undefined;

/** Makes the seconds shorter for which a consumer hides a message, or puts off a new one: time is compressed. */
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
