import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

/** Measurements of one process: a cold start and what follows. Milliseconds. */
export interface ColdStart {
  /** From nothing to a handler. */
  readonly init: number;
  /** The first delivery, which opens connections and reads the secret. */
  readonly first: number;
  /** The median of the later ones. */
  readonly accept: number;
}

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const [entry, eventText, contextText, count] = process.argv.slice(2);
if (entry === undefined || eventText === undefined || contextText === undefined)
  throw new Error('no arguments');

const event = JSON.parse(eventText) as APIGatewayProxyEvent;
const context = { ...JSON.parse(contextText), getRemainingTimeInMillis: () => 30_000 } as Context;

const startedAt = performance.now();
const { handler } = (await import(entry)) as { handler: Handler };
const init = performance.now() - startedAt;

const first = await timeOfOne();
const times: number[] = [];
for (let n = 0; n < Number(count); n += 1) times.push(await timeOfOne());
times.sort((a, b) => a - b);
const result: ColdStart = { init, first, accept: times[Math.floor(times.length / 2)] ?? 0 };
process.stdout.write(JSON.stringify(result));
process.exit(0);

async function timeOfOne(): Promise<number> {
  const from = performance.now();
  const { statusCode } = await handler(event, context);
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  return performance.now() - from;
}
