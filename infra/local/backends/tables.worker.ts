/**
 * DynamoDB for the local stack, in its own thread: dynalite is CPU-bound, and would otherwise block the queues and
 * the API. `workerData` is the folder that keeps the tables, if any. Posts its port when it listens, and receives
 * {@link StreamRequest}.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import { createTableStreams, type StreamRequest, type TableStore } from './table-stream.ts';

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** The part of dynalite, which has no types, that is used. */
type Dynalite = (options: Record<string, number | string>) => {
  listeners(event: 'request'): RequestListener[];
};

/** The part of dynalite that makes its store. */
interface DynaliteStores {
  create(options: object): TableStore;
}

interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
}

const requireHere = createRequire(import.meta.url);
const dynalite: Dynalite = requireHere('dynalite');
const folder: unknown = workerData;
if (typeof folder === 'string') await requireReadable(folder);

const streams = createTableStreams();
const stores: DynaliteStores = requireHere('dynalite/db');
const { create } = stores;
stores.create = (options) => streams.watch(create(options));
parentPort?.on('message', ({ port, ...settings }: StreamRequest) => {
  streams.open(settings, (record) => port.postMessage(record));
  port.postMessage('open');
});

const [answer] = dynalite({
  createTableMs: 0,
  deleteTableMs: 0,
  updateTableMs: 0,
  ...(typeof folder === 'string' && { path: folder }),
}).listeners('request');

/**
 * dynalite throws when a client disconnects in the middle of a request, as a killed Lambda does. So it receives only
 * complete requests.
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

/** Opens the folder early: dynalite opens it when it is first used, and exits if that fails. @throws Error */
async function requireReadable(path: string): Promise<void> {
  const { Level }: { Level: new (path: string) => Level } = createRequire(requireHere.resolve('dynalite'))(
    'level',
  );
  const database = new Level(path);
  await database.open();
  await database.close();
}
