import { join } from 'node:path';
import { Hono } from 'hono';
import * as z from 'zod';
import { POLL_NOW } from '../../../ops/poll-now.ts';
import type { LocalStack } from '../../stack.ts';
import type { Store } from '../store.ts';
import { discard } from './discard.ts';
import { runOps } from './run-ops.ts';

const Named = z.strictObject({ function: z.string() });
const InChannel = z.strictObject({ channel: z.string() });
const Discarded = InChannel.extend({ messageId: z.string() });
const Replayed = z.strictObject({ deliveryId: z.string() });

/** The console's actions on the stack. Each answers `{message}`, or an error. */
export function actionRoutes({
  stack,
  store,
  dataDir,
}: {
  readonly stack: LocalStack;
  readonly store: Store;
  readonly dataDir: string;
}): Hono {
  const app = new Hono();

  app.post('/poll', async ({ json }) => {
    const outcome = await stack.invokePoller(POLL_NOW);
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    return json({ message: `The poller answered ${outcome.payload}` });
  });

  app.post('/kill', async ({ req, json }) => {
    const { function: name } = Named.parse(await req.json());
    const isKilled = await stack.killEnvironment(name);
    return json({
      message: isKilled ? `A process of ${name} was killed.` : `No process of ${name} was running.`,
    });
  });

  app.post('/redrive', async ({ req, json }) => {
    const { channel } = InChannel.parse(await req.json());
    if (!Object.hasOwn(stack.queues, channel)) throw new Error(`no channel ${channel}`);
    const { moved, left } = Moved.parse(await runOps(['redrive', channel], dataDir));
    return json({ message: `${channel}: ${moved} moved back to the queue, ${left} left.` });
  });

  app.post('/discard', async ({ req, json }) => {
    const { channel, messageId } = Discarded.parse(await req.json());
    const dlqUrl = Object.hasOwn(stack.queues, channel) ? stack.queues[channel]?.dlqUrl : undefined;
    if (dlqUrl === undefined || dlqUrl === null) throw new Error(`${channel} has no dead-letter queue`);
    const file = await discard(store.sqs, dlqUrl, messageId, join(dataDir, 'discarded'));
    return json({ message: `Discarded. It was saved to ${file}` });
  });

  app.post('/replay', async ({ req, json }) => {
    const { deliveryId } = Replayed.parse(await req.json());
    // An argument with a leading dash would be an option.
    if (deliveryId.startsWith('-')) throw new Error('this id cannot be replayed');
    const { sent } = Sent.parse(await runOps(['replay', '--delivery', deliveryId], dataDir));
    return json({
      message: sent > 0 ? 'Sent to its queue again.' : 'Nothing to send: the ledger has no body of it yet.',
    });
  });

  return app;
}

const Moved = z.looseObject({ moved: z.int(), left: z.int() });
const Sent = z.looseObject({ sent: z.int() });
