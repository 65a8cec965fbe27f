/**
 * DynamoDB for the local stack, in a thread of its own: dynalite is CPU-bound and would otherwise block the
 * queues and the API. Its data is the folder that keeps the tables, or nothing. Posts its port when it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** dynalite has no types; this is what is used of it. */
type Dynalite = (options: Record<string, number | string>) => {
  listeners(event: 'request'): RequestListener[];
};

interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
}

const requireHere = createRequire(import.meta.url);
const dynalite: Dynalite = requireHere('dynalite');
const folder: unknown = workerData;
if (typeof folder === 'string') await requireReadable(folder);
const [answer] = dynalite({
  createTableMs: 0,
  deleteTableMs: 0,
  updateTableMs: 0,
  ...(typeof folder === 'string' && { path: folder }),
}).listeners('request');

/**
 * dynalite throws when a client disconnects in the middle of a request, as a killed Lambda does. So it receives
 * requests only when they are complete.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => response.destroy());
  request.on('end', () => {
    const { method, url, headers } = request;
    const complete = Object.assign(Readable.from([Buffer.concat(chunks)]), { method, url, headers });
    answer?.(complete as unknown as IncomingMessage, response);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') parentPort?.postMessage(address?.port);
});

/** dynalite opens the folder when it is first used, and exits if that fails. @throws Error */
async function requireReadable(path: string): Promise<void> {
  const { Level }: { Level: new (path: string) => Level } = createRequire(requireHere.resolve('dynalite'))(
    'level',
  );
  const database = new Level(path);
  await database.open();
  await database.close();
}
