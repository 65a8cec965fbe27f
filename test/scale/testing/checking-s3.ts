import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createGunzip, type Gunzip, gunzipSync } from 'node:zlib';
import { listen, type RunningServer } from '../../../infra/running-stacks/loopback-server.ts';

export interface CheckingS3 extends RunningServer {
  /** SHA-256 of the complete objects, after gunzip, by path. Their bytes are not kept. */
  readonly objects: Map<string, string>;
  /** Uploads that are neither complete nor aborted, by path. */
  readonly uploads: Map<string, CheckedUpload>;
}

/** An upload whose parts come in their order. */
interface CheckedUpload {
  readonly gunzip: Gunzip;
  readonly hash: Hash;
}

/** S3 as far as uploads go, and Secrets Manager, whose secrets all are API credentials. */
export async function startCheckingS3(): Promise<CheckingS3> {
  const objects = new Map<string, string>();
  const uploads = new Map<string, CheckedUpload>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    const body = await buffer(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const upload = uploads.get(pathname);
    if (target.endsWith('GetSecretValue')) {
      const credentials = JSON.stringify({ clientId: 'id', clientSecret: 'secret' });
      response.end(JSON.stringify({ SecretString: credentials }));
    } else if (searchParams.has('uploads')) {
      uploads.set(pathname, startCheck());
      response.end('<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>');
    } else if (request.method === 'PUT' && !searchParams.has('uploadId')) {
      // Small enough, once compressed, to need no parts.
      objects.set(pathname, createHash('sha256').update(gunzipSync(body)).digest('hex'));
      response.setHeader('etag', '"whole"').end();
    } else if (upload === undefined) {
      response.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
    } else if (request.method === 'PUT') {
      if (!upload.gunzip.write(body)) await once(upload.gunzip, 'drain');
      response.setHeader('etag', '"part"').end();
    } else {
      uploads.delete(pathname);
      upload.gunzip.end();
      if (request.method === 'POST') {
        await once(upload.gunzip, 'end');
        objects.set(pathname, upload.hash.digest('hex'));
      }
      response.end('<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>');
    }
  });
  return { ...(await listen(server)), objects, uploads };
}

function startCheck(): CheckedUpload {
  const gunzip = createGunzip();
  const hash = createHash('sha256');
  gunzip.on('data', (piece: Buffer) => hash.update(piece));
  return { gunzip, hash };
}
