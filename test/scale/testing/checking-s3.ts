import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipStream } from '../../../shared/store/gzip.ts';

export interface CheckingS3 {
  readonly url: string;
  /** SHA-256 of the complete objects, after gunzip, by path. Their bytes are not kept. */
  readonly objects: Map<string, string>;
  /** Uploads that are neither complete nor aborted. */
  readonly uploads: Map<string, Buffer[]>;
  close(): Promise<void>;
}

/** S3 as far as uploads go, and Secrets Manager, whose secrets all are API credentials. */
export async function startCheckingS3(): Promise<CheckingS3> {
  const objects = new Map<string, string>();
  const uploads = new Map<string, Buffer[]>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    const body = await buffer(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.endsWith('GetSecretValue')) {
      const credentials = JSON.stringify({ clientId: 'id', clientSecret: 'secret' });
      response.end(JSON.stringify({ SecretString: credentials }));
    } else if (searchParams.has('uploads')) {
      uploads.set(pathname, []);
      response.end('<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>');
    } else if (request.method === 'PUT') {
      uploads.get(pathname)?.push(body);
      response.setHeader('etag', '"part"').end();
    } else if (request.method === 'POST') {
      objects.set(pathname, await hashOf(uploads.get(pathname) ?? []));
      uploads.delete(pathname);
      response.end('<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>');
    } else {
      uploads.delete(pathname);
      response.writeHead(204).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    uploads,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function hashOf(parts: readonly Buffer[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of gunzipStream(Readable.from(parts))) hash.update(piece);
  return hash.digest('hex');
}
