import { type AwsServer, startAwsServer } from '../../testing/aws-server.ts';

export interface S3Server extends AwsServer {
  /** Refuses requests whose method and query it matches. */
  refuse: RegExp | undefined;
  /** `<method> <query names>` of each request, in order; of a part also its number. */
  requests(): string[];
}

/** An S3 that takes uploads in parts, and remembers the requests as they were: emulators ignore half of them. */
export async function startS3Server(): Promise<S3Server> {
  const describe = (method: string | undefined, path: string | undefined): string => {
    const { searchParams } = new URL(path ?? '/', 'http://s3');
    searchParams.delete('x-id');
    return `${method} ${searchParams}`.trim();
  };
  const server = await startAwsServer(({ method, path }) => {
    const request = describe(method, path);
    if (s3.refuse?.test(request) === true)
      return { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };
    const root = /^POST uploads/.test(request)
      ? 'InitiateMultipartUploadResult'
      : 'CompleteMultipartUploadResult';
    return { status: method === 'DELETE' ? 204 : 200, body: method === 'POST' ? uploaded(root) : '' };
  });
  const s3: S3Server = {
    ...server,
    refuse: undefined,
    requests: () => server.received.map(({ method, path }) => describe(method, path)),
  };
  return s3;
}

function uploaded(root: string): string {
  return `<${root}><UploadId>upload-1</UploadId><ETag>"whole"</ETag></${root}>`;
}
