import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { listen, type RunningServer } from '../../../infra/running-stacks/loopback-server.ts';

export interface LargeOcrolus extends RunningServer {
  /** SHA-256 of the enriched transactions that were sent, by book. */
  readonly sent: Map<string, string>;
}

/** An Ocrolus whose books have enriched transactions of so many bytes, which it makes while it sends them. */
export async function startLargeOcrolus(bytes: number): Promise<LargeOcrolus> {
  const block = rows();
  const sent = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://ocrolus');
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (pathname === '/oauth/token') response.end('{"access_token":"token","expires_in":86400}');
    else if (pathname.endsWith('/status')) {
      const uuid = searchParams.get('book_uuid');
      response.end(JSON.stringify({ status: 200, response: { uuid, book_status: 'VERIFYING', docs: [] } }));
    } else if (pathname.includes('enriched')) {
      const book = /[\da-f-]{36}/.exec(pathname)?.[0] ?? '';
      sent.set(book, await sendLarge(response, book, bytes, block));
    } else response.writeHead(404).end('{"status":404}');
  });
  return { ...(await listen(server)), sent };
}

/** A MB of rows that compress about as badly as real ones. */
function rows(): Buffer {
  const row = (n: number) => ({
    txn_id: randomBytes(16).toString('hex'),
    bank_account_pk: 1_000_000 + (n % 7),
    description: `PAYMENT TO ${randomBytes(20).toString('hex')}`,
    amount: `${n}.${n % 100}`,
    txn_date: '2026-01-31',
    tags: ['deposit', 'true_revenue'],
  });
  return Buffer.from(Array.from({ length: 4500 }, (_, n) => `,${JSON.stringify(row(n))}`).join(''));
}

async function sendLarge(
  response: ServerResponse,
  book: string,
  bytes: number,
  block: Buffer,
): Promise<string> {
  const hash = createHash('sha256');
  const write = async (piece: Buffer) => {
    hash.update(piece);
    if (!response.write(piece)) await once(response, 'drain');
  };
  await write(Buffer.from(`{"enriched_transactions":["${book}"`));
  for (let sent = 0; sent < bytes; sent += block.length) await write(block);
  await write(Buffer.from(']}'));
  response.end();
  return hash.digest('hex');
}
