import { Hono } from 'hono';
import * as z from 'zod';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { API_FAULTS, type ApiFault, FaultSettings } from '../http/faults.ts';
import { type Delivery, DeliveryOdds } from '../webhooks/delivery.ts';
import { NoSuchBook, type SimulatorControl } from './control.ts';
import { Advance, NewBook, SentEvent } from './requests.ts';

const Fault = z.enum(API_FAULTS);

/**
 * The control of the simulated Ocrolus over HTTP. Bodies are JSON and may be left out where everything has a default;
 * `requests.ts` and `specs.ts` have their fields. A wrong body is answered 400 with what is wrong in `error`, an unknown book 404.
 *
 * | request | answer |
 * |---|---|
 * | `GET /books` | every book, newest first: status, documents, next step |
 * | `POST /books` `{documents: 3, rows: 900, steps: "all", …}` | 201, the book. `steps` advances it in the background |
 * | `GET /books/<uuid>` | the book |
 * | `POST /books/<uuid>/advance` `{steps: 1, wait, deliver}` | `{step, book, deliveries}`; `step` is `null` at the end |
 * | `POST /books/<uuid>/events` `{event, wait}` | `{deliveries}`: any event of the catalog is sent, nothing changes |
 * | `GET /events` | the names of all events of the catalog |
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
export function simulatorRoutes(control: SimulatorControl): Hono {
  const app = new Hono();
  const { faults } = control;

  app.get('/books', (context) => context.json(control.books));
  app.post('/books', async ({ req, json }) =>
    json(control.newBook(NewBook.parse(await bodyOf(req.raw))), 201),
  );
  app.get('/books/:uuid', (context) => context.json(control.book(context.req.param('uuid'))));
  app.post('/books/:uuid/advance', async (context) => {
    const { steps, wait, ...announce } = Advance.parse(await bodyOf(context.req.raw));
    const uuid = context.req.param('uuid');
    const { step, announced } = control.advance(uuid, steps, announce);
    const deliveries = wait ? (await announced).map(describe) : [];
    return context.json({ step, book: control.book(uuid), deliveries });
  });
  app.post('/books/:uuid/events', async (context) => {
    const { event, wait } = SentEvent.parse(await bodyOf(context.req.raw));
    const sent = control.send(context.req.param('uuid'), event);
    return context.json({ deliveries: wait ? (await sent).map(describe) : [] });
  });

  app.get('/events', (context) => context.json(EVENT_NAMES));
  app.get('/deliveries', (context) => context.json(control.simulator.deliveries.map(describe)));
  app.get('/calls', (context) => context.json(control.simulator.calls));

  app.get('/faults', (context) => context.json(faults.state));
  app.put('/faults/api/:fault', async (context) => {
    faults.setApi(faultOf(context.req.param('fault')), FaultSettings.parse(await bodyOf(context.req.raw)));
    return context.json(faults.state);
  });
  app.delete('/faults/api/:fault', (context) => {
    faults.clearApi(faultOf(context.req.param('fault')));
    return context.json(faults.state);
  });
  app.put('/faults/deliveries', async (context) => {
    faults.setDeliveries(DeliveryOdds.parse(await bodyOf(context.req.raw)));
    return context.json(faults.state);
  });
  app.delete('/faults/deliveries', (context) => {
    faults.clearDeliveries();
    return context.json(faults.state);
  });
  app.delete('/faults', (context) => {
    faults.clear();
    return context.json(faults.state);
  });

  app.notFound(({ req, json }) => json({ error: `there is no ${req.method} ${req.path}` }, 404));
  app.onError((error, context) => {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    return context.json({ error: problem }, error instanceof NoSuchBook ? 404 : 400);
  });
  return app;
}

/** @throws SyntaxError when it is no JSON. */
async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  return text === '' ? {} : JSON.parse(text);
}

/** @throws Error that names those there are. */
function faultOf(name: string): ApiFault {
  const fault = Fault.safeParse(name);
  if (!fault.success) throw new Error(`no fault ${name}; it is one of: ${API_FAULTS.join(' ')}`);
  return fault.data;
}

/** Bodies are left out: they are many, and large. */
function describe({ deliveryId, eventName, attempts, outcome }: Delivery) {
  return { deliveryId, eventName, outcome, attempts };
}
