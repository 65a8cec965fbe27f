import { once } from 'node:events';
import { connect } from 'node:net';
import * as z from 'zod';
import { locateStack } from '../../running-stacks/registry.ts';
import type { Target } from '../target/target.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** Context of checks for a local stack. */
interface LocalContext {
  readonly target: Target;
  /** Data folder of the stack; without it, the only running one. */
  readonly data: string | undefined;
}

const Faults = z.object({
  api: z.array(z.object({ fault: z.string() })),
  deliveries: z.record(z.string(), z.number()),
});

/** The only key of `deliveries` whose value is no probability. */
const LONGEST_DELAY = 'maxDelayMs';

/** Addresses at which the parts of the stack listen, by name. */
async function endpointsOf({ data }: LocalContext): Promise<Record<string, string>> {
  const { stack } = await locateStack(data);
  const { dynamodb, sqs, s3, secretsManager, eventBridge, webhookUrl, ocrolusUrl, control } = stack;
  return {
    table: dynamodb.endpoint,
    queues: sqs.endpoint,
    bucket: s3.endpoint,
    secrets: secretsManager.endpoint,
    ...(eventBridge !== undefined && { events: eventBridge.endpoint }),
    webhook: webhookUrl,
    ocrolus: ocrolusUrl,
    control: control.url,
  };
}

/** True if the port takes a connection. A request would be in the webhook's log as a refused one. */
async function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), timeout: 5000 });
  try {
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export const LOCAL_CHECKS: readonly Check<LocalContext>[] = [
  {
    name: 'process',
    otherwise: 'start it again: npm start, or npm run local',
    async run({ data }) {
      const { stack } = await locateStack(data);
      return ok(`pid ${stack.pid}`);
    },
  },
  {
    name: 'ports',
    otherwise: 'start it again: npm start, or npm run local',
    async run(context) {
      const endpoints = Object.entries(await endpointsOf(context));
      const isListening = await Promise.all(endpoints.map(([, url]) => listens(url)));
      const silent = endpoints
        .filter((_, index) => !isListening[index])
        .map(([name, url]) => `${name} at ${url}`);
      const found = endpoints.map(([name, url]) => `${name} ${new URL(url).port}`).join(', ');
      return silent.length === 0
        ? ok(found)
        : fail(
            `nothing listens: ${silent.join(', ')}`,
            'stop the stack and start it again; its log says why',
          );
    },
  },
  {
    name: 'faults',
    otherwise: 'start the stack again',
    async run({ target }) {
      let answer: unknown;
      try {
        answer = await target.simulate('GET', '/faults');
      } catch (error) {
        // Conflict: the stack has no simulator.
        if (error instanceof Error && /\b409\b/.test(error.message)) return ok('another Ocrolus is called');
        throw error;
      }
      const { api, deliveries } = Faults.parse(answer);
      const chances = Object.entries(deliveries).filter(
        ([name, chance]) => name !== LONGEST_DELAY && chance > 0,
      );
      const on = [...api.map(({ fault }) => fault), ...chances.map(([name]) => name)];
      return on.length === 0
        ? ok('none is switched on in the simulated Ocrolus')
        : warn(`switched on: ${on.join(', ')}`, 'switch them off in the console, or start the stack again');
    },
  },
];
