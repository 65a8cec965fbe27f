import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { API_FAULTS, type ApiFault, FaultSettings } from '../http/faults.ts';
import type { Simulator } from '../simulator.ts';
import { type Delivery, DeliveryOdds } from '../webhooks/delivery.ts';
import {
  Advance,
  advance,
  describeBook,
  faultsOf,
  findBook,
  NewBook,
  newBook,
  SentEvent,
  Ticked,
} from './control.ts';

const Fault = z.enum(API_FAULTS);

/**
 * The control of the simulated Ocrolus over HTTP. Bodies are JSON and may be left out where everything has a default;
 * `control.ts` and `specs.ts` have their fields. A wrong body is answered 400 with what is wrong in `error`, an unknown book or fault 404.
 *
 * | request | answer |
 * |---|---|
 * | `GET /books` | every book, newest first: status, documents, next step |
 * | `POST /books` `{documents: 3, rows: 900, steps: "all", …}` | 201, the book. `steps` advances it in the background |
 * | `GET /books/<uuid>` | the book |
 * | `POST /books/<uuid>/advance` `{steps: 1, wait, deliver}` | `{step, book, deliveries}`; `step` is `null` at the end |
 * | `POST /books/<uuid>/events` `{event, wait}` | `{deliveries}`: any event of the catalog is sent, nothing changes |
 * | `GET /events` | the names of all events of the catalog |
 * | `POST /webhooks/tick` `{events: […]}` | `{webhooks: […]}`: their URLs. Ticks events of every webhook of the organization in the Dashboard, and no others; without `events`, all of them |
 * | `GET /deliveries` | every delivery with its attempts, oldest first, without its body |
 * | `GET /calls` | every call that Ocrolus received, oldest first |
 * | `GET /faults` | `{api: […], deliveries: {…}}`: what is switched on |
 * | `PUT /faults/api/<fault>` `{times, path, probability, …}` | switches a fault of the API on; all that is switched on |
 * | `DELETE /faults/api/<fault>` | switches it off; all that is switched on |
 * | `PUT /faults/deliveries` `{drop, duplicate, delay, reorder, maxDelayMs}` | sets chances; all that is switched on |
 * | `DELETE /faults/deliveries` | no delivery is disturbed any more; all that is switched on |
 * | `DELETE /faults` | switches everything off |
 *
 * Faults of the API: `rate-limited` (429), `server-error` (500), `bad-gateway` (502), `unavailable` (503), `not-ready`
 * (too early: 425/9004), `forbidden` (403), `unauthorized` (401), `authentication-failed` (400/1200), `error-in-body`,
 * `timeout`, `truncated`, `reset`.
 *
 * Without `wait`, `deliveries` is empty: a delivery that fails is retried for minutes.
 */
export function simulatorRoutes(simulator: Simulator): Hono {
  const app = new Hono();
  const { faults, deliveries } = simulator;

  app.get('/books', ({ json }) => json(simulator.books.map(describeBook).reverse()));
  app.post('/books', async ({ req, json }) => {
    const book = newBook(simulator, NewBook.parse(await bodyOf(req.raw)));
    return json(describeBook(book), 201);
  });
  app.get('/books/:uuid', ({ req, json }) => json(describeBook(findBook(simulator, req.param('uuid')))));
  app.post('/books/:uuid/advance', async ({ req, json }) => {
    const { steps, wait, ...announce } = Advance.parse(await bodyOf(req.raw));
    const book = findBook(simulator, req.param('uuid'));
    const { step, announced } = advance(simulator, book, steps, announce);
    const sent = wait ? await announced : [];
    return json({ step, book: describeBook(book), deliveries: sent.map(describe) });
  });
  app.post('/books/:uuid/events', async ({ req, json }) => {
    const { event, wait } = SentEvent.parse(await bodyOf(req.raw));
    const sent = simulator.announce(findBook(simulator, req.param('uuid')).uuid, event);
    return json({ deliveries: wait ? (await sent).map(describe) : [] });
  });

  app.get('/events', ({ json }) => json(EVENT_NAMES));
  app.post('/webhooks/tick', async ({ req, json }) => {
    const { events } = Ticked.parse(await bodyOf(req.raw));
    return json({ webhooks: simulator.tickEvents(events) });
  });
  app.get('/deliveries', ({ json }) => json(deliveries.all.map(describe)));
  app.get('/calls', ({ json }) => json(simulator.calls));

  app.get('/faults', ({ json }) => json(faultsOf(simulator)));
  app.put('/faults/api/:fault', async ({ req, json }) => {
    const fault = faultOf(req.param('fault'));
    const settings = FaultSettings.parse(await bodyOf(req.raw));
    // Switched on twice, the later settings hold.
    faults.clear(fault);
    faults.add({ ...settings, fault });
    return json(faultsOf(simulator));
  });
  app.delete('/faults/api/:fault', ({ req, json }) => {
    faults.clear(faultOf(req.param('fault')));
    return json(faultsOf(simulator));
  });
  app.put('/faults/deliveries', async ({ req, json }) => {
    const odds = DeliveryOdds.parse(await bodyOf(req.raw));
    deliveries.faults = { ...faultsOf(simulator).deliveries, ...odds };
    return json(faultsOf(simulator));
  });
  app.delete('/faults/deliveries', ({ json }) => {
    deliveries.faults = {};
    return json(faultsOf(simulator));
  });
  app.delete('/faults', ({ json }) => {
    faults.clear();
    deliveries.faults = {};
    return json(faultsOf(simulator));
  });

  app.notFound(({ req, json }) => json({ error: `there is no ${req.method} ${req.path}` }, 404));
  app.onError((error, context) => {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    return context.json({ error: problem }, error instanceof HTTPException ? error.status : 400);
  });
  return app;
}

/** @throws SyntaxError when it is no JSON. */
async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  return text === '' ? {} : JSON.parse(text);
}

/** @throws HTTPException 404 that names those there are. */
function faultOf(name: string): ApiFault {
  const fault = Fault.safeParse(name);
  if (!fault.success) {
    const message = `there is no fault ${name}; it is one of: ${API_FAULTS.join(' ')}`;
    throw new HTTPException(404, { message });
  }
  return fault.data;
}

/** Bodies are left out: they are many, and large. */
function describe({ deliveryId, eventName, attempts, outcome }: Delivery) {
  return { deliveryId, eventName, outcome, attempts };
}
