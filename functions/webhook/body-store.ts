import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

let client: S3Client | undefined;

/**
 * Stores an oversized body. Loaded only when one arrives (`import()`): the S3 client is as large as the rest of the
 * webhook, and fewer than one delivery in a thousand needs it.
 */
export async function storeBody(bucket: string, key: string, body: Buffer) {
  client ??= new S3Client({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1500, throwOnRequestTimeout: true, connectionTimeout: 500 },
  });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return { bucket, key };
}
