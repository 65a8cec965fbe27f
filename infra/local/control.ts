import { Hono, type NotFoundHandler } from 'hono';
import * as z from 'zod';
import { isSameToken, type RunningServer, serveApp } from '../running-stacks/loopback-server.ts';
import { secretObject } from './backends/accounts.ts';
import { simulatorRoutes } from './ocrolus/control/routes.ts';
import type { Simulator } from './ocrolus/simulator.ts';
import type { LocalStack } from './stack.ts';

const ConsumingRequest = z.object({ channel: z.string(), isOn: z.boolean() });
const FunctionRequest = z.object({ function: z.string(), event: z.unknown().optional() });

/** Parts of a stack that have started and can be controlled. */
interface Controlled {
  readonly stack?: LocalStack | undefined;
  /** Absent if the functions call another Ocrolus. */
  readonly simulator?: Simulator | undefined;
}

/**
 * Serves what the operator's command line and other tools need beyond the queues and the table. The server listens on
 * loopback; its address and token are in `stack.json` of the data folder (`control.url`, `control.token`). Every
 * request carries `Authorization: Bearer <token>`.
 *
 * | request | answer |
 * |---|---|
 * | `GET /` | `{ready, simulator}` |
 * | `GET /secrets` | `{<account>: {webhookSecret: {…}, credentials: {…}}}` |
 * | `POST /poll` event | runs the poller; its outcome |
 * | `POST /invoke` `{function, event}` | invokes a function; its outcome |
 * | `GET /paused` | names of the channels whose consumers are paused |
 * | `POST /consuming` `{channel, isOn}` | starts or pauses the channel's consumer; `{}` |
 * | `POST /kill` `{function}` | kills an execution environment; `{killed}` |
 * | `… /ocrolus/…` | the simulated Ocrolus: `ocrolus/control/routes.ts`; 409 if there is none |
 *
 * @param current empty while the stack starts; requests are answered 503.
 */
export function serveControl(token: string, current: () => Controlled): Promise<RunningServer> {
  const app = new Hono<{ Variables: { stack: LocalStack } }>();
  app.use(async ({ req, json }, next) => {
    const isAllowed = isSameToken(req.header('authorization') ?? '', `Bearer ${token}`);
    if (!isAllowed) return json({ error: 'wrong token' }, 401);
    return next();
  });
  app.get('/', ({ json }) => {
    const { stack, simulator } = current();
    return json({ ready: stack !== undefined, simulator: simulator !== undefined });
  });
  app.use(async ({ set, json }, next) => {
    const { stack } = current();
    if (stack === undefined) return json({ error: 'the stack is starting' }, 503);
    set('stack', stack);
    return next();
  });

  app.get('/secrets', ({ var: { stack }, json }) => json(readSecrets(stack)));
  app.post('/poll', async ({ req, var: { stack }, json }) => {
    const event: unknown = JSON.parse((await req.text()) || '{}');
    return json(await stack.invokePoller(event));
  });
  app.post('/invoke', async ({ req, var: { stack }, json }) => {
    const { function: name, event } = FunctionRequest.parse(await req.json());
    return json(await stack.invoke(name, event));
  });
  app.get('/paused', ({ var: { stack }, json }) => json(stack.pausedChannels()));
  app.post('/consuming', async ({ req, var: { stack }, json }) => {
    const { channel, isOn } = ConsumingRequest.parse(await req.json());
    stack.setConsuming(channel, isOn);
    return json({});
  });
  app.post('/kill', async ({ req, var: { stack }, json }) => {
    const { function: name } = FunctionRequest.parse(await req.json());
    return json({ killed: await stack.killEnvironment(name) });
  });

  const simulated = new WeakMap<Simulator, Hono>();
  app.all('/ocrolus/*', ({ req, json }) => {
    const { simulator } = current();
    if (simulator === undefined) return json({ error: 'this stack calls another Ocrolus' }, 409);
    const routes =
      simulated.get(simulator) ??
      new Hono().route('/ocrolus', simulatorRoutes(simulator)).notFound(unknownRoute);
    simulated.set(simulator, routes);
    return routes.fetch(req.raw);
  });

  app.notFound(unknownRoute);
  app.onError((error, { json }) =>
    json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, 400),
  );
  return serveApp(app);
}

const unknownRoute: NotFoundHandler = ({ req, json }) =>
  json({ error: `there is no ${req.method} ${req.path}` }, 404);

function readSecrets({ accounts, secrets }: LocalStack): Record<string, object> {
  const entries = Object.entries(accounts).map(([account, { webhookSecret, credentials }]) => [
    account,
    { webhookSecret: secretObject(secrets, webhookSecret), credentials: secretObject(secrets, credentials) },
  ]);
  return Object.fromEntries(entries);
}
