import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { RESULT_KINDS } from '../../shared/events/catalog.ts';
import { errorText } from '../command-line/error-text.ts';
import { time } from '../command-line/values.ts';
import { examineAll } from '../ops/dead-letters/examine.ts';
import { readRegistration } from '../ops/health/registration.ts';
import { periodsOf, rangeSince, SERIES } from '../ops/metrics/series.ts';
import type { Target } from '../ops/target/target.ts';
import { newToken, type RunningServer, serveApp } from '../running-stacks/loopback-server.ts';
import { createLive } from './live.ts';
import { admit, limitBody, protect } from './security.ts';
import type { ConsoleSource } from './source.ts';
import { IMPORT_MAP, runbookSection, staticFile } from './static-files.ts';
import { findBookPage, listBooks } from './views/books.ts';
import { deliveryBody, deliveryPage, listDeliveries } from './views/deliveries.ts';
import { createSnapshots } from './views/snapshot.ts';

/** Maximum size of a request to the console: an action needs a few words. */
const MAX_BODY_BYTES = 64 * 1024;

const KEEP_ALIVE_MS = 15_000;

/** Maximum number of bytes of a result's body that are shown. */
const MOST_SHOWN = 256 * 1024;

const UNKNOWN_DELIVERY =
  'no such delivery: not in a dead-letter queue, not in the logs of a week, and not in the ledger of the last 24 hours, or of its book; "ops delivery" reads the whole ledger';

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
 * | `GET /api/live` | server-sent events, each a snapshot |
 * | `GET /api/deliveries?…`, `/api/books?missing`, `/api/metrics?since`, `/api/registration` | what their pages show |
 * | `GET /api/deliveries/<id>?book`, `/api/books/<id>`, `/api/dead-letters/<channel>` | the same |
 * | `GET /api/deliveries/<id>/body?book` | its body: the beginning |
 * | `GET /api/runbook/<section>` | the section of the runbook, as it is written |
 * | `GET /api/result?book&kind&subject&all` | a result's body: its beginning, or all of it |
 * | others | `routes` of the source |
 */
export async function serveConsole(source: ConsoleSource): Promise<RunningServer> {
  const token = newToken();
  const ended = new AbortController();
  const live = createLive(createSnapshots(source, ended.signal), source.everyMs);

  const app = new Hono();
  app.use(protect(IMPORT_MAP), admit(token), limitBody(MAX_BODY_BYTES));
  // Addresses in the page are relative to this one.
  app.get(`/${token}`, ({ redirect }) => redirect(`/${token}/`));
  app.route(`/${token}/api`, apiRoutes(source, live, ended.signal));
  app.get(`/${token}/*`, async ({ req, body, notFound }) => {
    const file = await staticFile(req.path.slice(token.length + 2));
    return file === undefined ? notFound() : body(file.body, 200, { 'content-type': file.type });
  });
  app.notFound(({ req, json }) =>
    json({ error: `there is no ${req.method} ${req.path.replace(`/${token}`, '')}` }, 404),
  );
  app.onError((error, { json }) => json({ error: errorText(error) }, 400));

  const server = await serveApp(app);
  return {
    url: `${server.url}/${token}/`,
    async stop() {
      live.stop();
      ended.abort();
      await server.stop();
    },
  };
}

function apiRoutes(
  { open, routes }: ConsoleSource,
  live: ReturnType<typeof createLive>,
  ended: AbortSignal,
): Hono {
  const app = new Hono();
  const until = (request: Request) => AbortSignal.any([request.signal, ended]);

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

  app.get('/deliveries', async ({ req, json }) =>
    json(await listDeliveries(await open(), req.query(), until(req.raw))),
  );
  app.get('/deliveries/:id', async ({ req, json }) => {
    const page = await deliveryPage(await open(), req.param('id'), req.query(), until(req.raw));
    return page === undefined ? json({ error: UNKNOWN_DELIVERY }, 404) : json(page);
  });
  app.get('/deliveries/:id/body', async ({ req, json, text }) => {
    const found = await deliveryBody(await open(), req.param('id'), req.query(), until(req.raw));
    if (found === undefined) return json({ error: 'the ledger has no body of it (yet)' }, 404);
    return text(found.subarray(0, MOST_SHOWN).toString());
  });
  app.get('/books', async ({ req, json }) =>
    json(await listBooks(await open(), { isMissing: req.query('missing') === 'true' })),
  );
  app.get('/books/:id', async ({ req, json }) => json(await findBookPage(await open(), req.param('id'))));
  app.get('/dead-letters/:channel', async ({ req, json }) => {
    const channel = req.param('channel');
    const target = await open();
    if (!Object.hasOwn(target.queues, channel)) return json({ error: `there is no channel ${channel}` }, 404);
    return json(await examineAll(target, channel, until(req.raw)));
  });
  app.get('/metrics', async ({ req, json }) => json(await metricsPage(await open(), req.query('since'))));
  app.get('/registration', async ({ json }) => json(await readRegistration(await open())));
  app.get('/runbook/:section', async ({ req, json, text }) => {
    const section = await runbookSection(req.param('section'));
    return section === undefined ? json({ error: 'the runbook has no such section' }, 404) : text(section);
  });
  app.get('/result', async ({ req, json, body }) => {
    const query = ResultQuery.safeParse(req.query());
    if (!query.success) return json({ error: z.prettifyError(query.error) }, 400);
    const { book, kind, subject, all } = query.data;
    const { reader } = await open();
    const stream = await reader.resultStream(book, kind, subject);
    if (stream === undefined) return json({ error: 'no such result' }, 404);
    // Always as text, so that a browser never treats it as a page.
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    if (all === 'true') return body(Readable.toWeb(stream) as ReadableStream, 200, headers);
    return body(await beginning(stream), 200, headers);
  });
  return routes === undefined ? app : app.route('/', routes);
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

/** The series of `ops metrics`, by their ids, with the start of each period in Unix milliseconds. @throws Error for another time */
export async function metricsPage({ metrics }: Pick<Target, 'metrics'>, since = '1h') {
  const range = rangeSince(Date.parse(time(since)), Date.now());
  const values = await metrics(SERIES, range);
  const series = SERIES.map(({ id, label }, index) => ({ id, label, values: values[index] ?? [] }));
  return { since, periodSeconds: range.periodSeconds, periods: periodsOf(range), series };
}
