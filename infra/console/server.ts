import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { RESULT_KINDS } from '../../shared/events/catalog.ts';
import { errorText } from '../command-line/error-text.ts';
import { newToken, type RunningServer, serveApp } from '../loopback-server.ts';
import { createLive } from './live.ts';
import { admit, limitBody, protect } from './security.ts';
import type { ConsoleSource } from './source.ts';
import { IMPORT_MAP, staticFile } from './static-files.ts';

/** Maximum size of a request to the console: an action needs a few words. */
const MAX_BODY_BYTES = 64 * 1024;

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
 * | `GET /api/live` | server-sent events, each a snapshot |
 * | `GET /api/deliveries?…` | `{total, rows}` |
 * | `GET /api/deliveries/<id>`, `/api/books/<id>`, `/api/dead-letters/<channel>` | what their pages show |
 * | `GET /api/result?book&kind&subject&all` | a result's body: its beginning, or all of it |
 * | others | `routes` of the source |
 */
export async function serveConsole(source: ConsoleSource): Promise<RunningServer> {
  const token = newToken();
  const live = createLive(source.snapshot, source.everyMs);

  const app = new Hono();
  app.use(protect(IMPORT_MAP), admit(token), limitBody(MAX_BODY_BYTES));
  // Addresses in the page are relative to this one.
  app.get(`/${token}`, ({ redirect }) => redirect(`/${token}/`));
  app.route(`/${token}/api`, apiRoutes(source, live));
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
      source.close();
      await server.stop();
    },
  };
}

function apiRoutes(source: ConsoleSource, live: ReturnType<typeof createLive>): Hono {
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

  app.get('/deliveries', async ({ req, json }) => json(await source.deliveries(req.query(), req.raw.signal)));
  app.get('/deliveries/:id', async ({ req, json }) => {
    const page = await source.delivery(req.param('id'), req.query(), req.raw.signal);
    return page === undefined ? json({ error: source.unknown.delivery }, 404) : json(page);
  });
  app.get('/books/:id', async ({ req, json }) => {
    const page = await source.book(req.param('id'));
    return page === undefined ? json({ error: source.unknown.book }, 404) : json(page);
  });
  app.get('/dead-letters/:channel', async ({ req, json }) => {
    const channel = req.param('channel');
    if (!source.channels.includes(channel)) return json({ error: `there is no channel ${channel}` }, 404);
    return json(await source.deadLetters(channel, req.raw.signal));
  });
  app.get('/result', async ({ req, json, body }) => {
    const query = ResultQuery.safeParse(req.query());
    if (!query.success) return json({ error: z.prettifyError(query.error) }, 400);
    const { book, kind, subject, all } = query.data;
    const stream = await source.reader.resultStream(book, kind, subject);
    if (stream === undefined) return json({ error: 'no such result' }, 404);
    // Always as text, so that a browser never treats it as a page.
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    if (all === 'true') return body(Readable.toWeb(stream) as ReadableStream, 200, headers);
    return body(await beginning(stream), 200, headers);
  });
  return app.route('/', source.routes);
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
