import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { RESULT_KINDS } from '../../shared/events/catalog.ts';
import { normaliseUuid } from '../../shared/events/read-ids.ts';
import { actionRoutes } from '../local/console/actions.ts';
import type { Journal } from '../local/console/journal/journal.ts';
import { DeliveryFilter, listDeliveries } from '../local/console/views/delivery-list.ts';
import { deliveryPage } from '../local/console/views/delivery-page.ts';
import { createQueueViews, type QueueViews } from '../local/console/views/queues.ts';
import { createSnapshots } from '../local/console/views/snapshot.ts';
import { simulatorRoutes } from '../local/ocrolus/control/routes.ts';
import type { Simulator } from '../local/ocrolus/simulator.ts';
import type { LocalStack } from '../local/stack.ts';
import { newToken, type RunningServer, serveApp } from '../loopback-server.ts';
import { type Clients, openClients } from '../running-stacks/clients.ts';
import { createLive } from './live.ts';
import { admit, limitBody, protect } from './security.ts';
import { IMPORT_MAP, staticFile } from './static-files.ts';
import { bookPage } from './views/book-page.ts';

/** Maximum size of a request to the console: an action needs a few words. */
const MAX_BODY_BYTES = 64 * 1024;

interface ConsoleOptions {
  readonly stack: LocalStack;
  /** Absent if the functions call another Ocrolus. */
  readonly simulator: Simulator | undefined;
  readonly journal: Journal;
  readonly dataDir: string;
}

const KEEP_ALIVE_MS = 15_000;

/** Maximum number of bytes of a result's body that are shown. */
const MOST_SHOWN = 256 * 1024;

const ResultQuery = z.object({
  book: z.string(),
  kind: z.enum(RESULT_KINDS),
  subject: z.string().optional(),
  all: z.literal('true').optional(),
});

/**
 * Serves the console on loopback. Its URL contains an access token.
 *
 * | request, after the token | answer |
 * |---|---|
 * | `GET /` and files | the page |
 * | `GET /api/live` | server-sent events, each a `Snapshot` |
 * | `GET /api/deliveries?event&book&state&source&limit` | `{total, rows}` |
 * | `GET /api/deliveries/<id>`, `/api/books/<uuid>`, `/api/dead-letters/<channel>` | what their pages show |
 * | `GET /api/result?book&kind&subject&all` | a result's body: its beginning, or all of it |
 * | `… /api/ocrolus/…` | the simulated Ocrolus: `../ocrolus/control/routes.ts` |
 * | `POST /api/{poll,kill,redrive,discard,replay}` | `actions.ts` |
 */
export async function serveConsole(options: ConsoleOptions): Promise<RunningServer> {
  const { stack } = options;
  const token = newToken();
  const clients = openClients(stack);
  const queues = createQueueViews(stack.endpoints.sqs, stack.queues);
  const live = createLive(createSnapshots({ ...options, clients, queues }));

  const app = new Hono();
  app.use(protect(IMPORT_MAP), admit(token), limitBody(MAX_BODY_BYTES));
  // Addresses in the page are relative to this one.
  app.get(`/${token}`, ({ redirect }) => redirect(`/${token}/`));
  app.route(`/${token}/api`, apiRoutes(options, { clients, queues, live }));
  app.get(`/${token}/*`, async ({ req, body, notFound }) => {
    const file = await staticFile(req.path.slice(token.length + 2));
    return file === undefined ? notFound() : body(file.body, 200, { 'content-type': file.type });
  });
  app.notFound(({ req, json }) =>
    json({ error: `there is no ${req.method} ${req.path.replace(`/${token}`, '')}` }, 404),
  );

  const server = await serveApp(app);
  return {
    url: `${server.url}/${token}/`,
    async stop() {
      live.stop();
      clients.close();
      await server.stop();
    },
  };
}

function apiRoutes(
  { stack, journal, simulator, dataDir }: ConsoleOptions,
  {
    clients,
    queues,
    live,
  }: { readonly clients: Clients; readonly queues: QueueViews; readonly live: ReturnType<typeof createLive> },
): Hono {
  const app = new Hono();

  app.get('/live', (context) =>
    streamSSE(context, async (stream) => {
      const end = Promise.withResolvers<void>();
      const stopListening = live.listen((snapshot) => void stream.writeSSE({ data: snapshot }));
      const keepAlive = setInterval(() => void stream.write(': still here\n\n'), KEEP_ALIVE_MS);
      stream.onAbort(() => end.resolve());
      await end.promise;
      clearInterval(keepAlive);
      stopListening();
    }),
  );

  app.get('/deliveries', ({ req, json }) =>
    json(listDeliveries(journal, simulator, DeliveryFilter.parse(req.query()))),
  );
  app.get('/deliveries/:id', async ({ req, json }) => {
    const page = await deliveryPage(req.param('id'), { journal, clients, simulator });
    return page === undefined
      ? json({ error: 'no such delivery since the stack was started' }, 404)
      : json(page);
  });
  app.get('/books/:id', async ({ req, json }) => {
    const id = req.param('id');
    const page = await bookPage(normaliseUuid(id) ?? id, clients, simulator);
    return page === undefined ? json({ error: 'nothing is stored of this book' }, 404) : json(page);
  });
  app.get('/dead-letters/:channel', async ({ req, json }) => {
    const channel = req.param('channel');
    if (!Object.hasOwn(stack.queues, channel)) return json({ error: `there is no channel ${channel}` }, 404);
    return json(await queues.describeDeadLetters(channel, clients.table(), Date.now()));
  });
  app.get('/result', async ({ req, json, body }) => {
    const { book, kind, subject, all } = ResultQuery.parse(req.query());
    const stream = await clients.reader.resultStream(book, kind, subject);
    if (stream === undefined) return json({ error: 'no such result' }, 404);
    // Always as text, so that a browser never treats it as a page.
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    if (all === 'true') return body(Readable.toWeb(stream) as ReadableStream, 200, headers);
    return body(await beginning(stream), 200, headers);
  });

  if (simulator !== undefined) app.route('/ocrolus', simulatorRoutes(simulator));
  app.route('/', actionRoutes({ stack, dataDir }));

  app.onError((error, { json }) =>
    json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, 400),
  );
  return app;
}

async function beginning(stream: Readable): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_SHOWN) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_SHOWN);
}
