import type { buildApp } from 'fauxqs';

/**
 * Lets fauxqs answer ListObjectVersions. It has no versions, and answers as for ListObjects: each object is its only
 * version, which S3 calls `null`. Deleting that version deletes the object.
 */
export function serveObjectVersions(app: ReturnType<typeof buildApp>): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    const { searchParams } = new URL(request.url, 'http://s3');
    if (request.method !== 'GET' || !searchParams.has('versions') || typeof payload !== 'string')
      return payload;
    return payload
      .replaceAll('ListBucketResult', 'ListVersionsResult')
      .replaceAll('<Contents>', '<Version><VersionId>null</VersionId>')
      .replaceAll('</Contents>', '</Version>');
  });
}
