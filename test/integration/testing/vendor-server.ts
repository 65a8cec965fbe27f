import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';

/** The vendor's own example answers. They are not part of the project. */
export const VENDOR_FOLDER = join(import.meta.dirname, '../../../../shared/ocrolus/responses');

export const hasVendorExamples = existsSync(join(VENDOR_FOLDER, 'index.json'));

const Index = z.object({
  operations: z.record(
    z.string(),
    z.looseObject({
      method: z.string(),
      path: z.string(),
      examples: z.array(z.looseObject({ status: z.number(), file: z.string().nullish() })),
    }),
  ),
});

export interface VendorServer {
  readonly url: string;
  /** The example answer of an operation, byte for byte. */
  body(operation: string): Buffer;
  close(): Promise<void>;
}

/** An Ocrolus that gives the vendor's 200 example to every call, whatever is asked for. */
export async function startVendorServer(): Promise<VendorServer> {
  const { operations } = Index.parse(JSON.parse(readFileSync(join(VENDOR_FOLDER, 'index.json'), 'utf8')));
  const answers = Object.entries(operations).flatMap(([operation, { method, path, examples }]) => {
    const file = examples.find((example) => example.status === 200 && example.file)?.file;
    if (file === undefined || file === null) return [];
    const pattern = new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
    return [{ operation, method, pattern, body: readFileSync(join(VENDOR_FOLDER, file)) }];
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://ocrolus');
    const answer = answers.find(({ method, pattern }) => method === request.method && pattern.test(pathname));
    response.writeHead(answer === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(answer?.body ?? '{"status":404}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    body(operation) {
      const answer = answers.find((candidate) => candidate.operation === operation);
      if (answer === undefined) throw new Error(`no example of ${operation}`);
      return answer.body;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
