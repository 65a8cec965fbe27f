import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** An object that is written in parts. It cannot be read before it is complete. */
export interface Upload {
  /**
   * @param number from 1.
   * @param bytes at least {@link MIN_PART_BYTES}, unless it is the last part; the caller uses the buffer again afterwards.
   */
  part(number: number, bytes: Buffer): Promise<void>;
  complete(): Promise<void>;
  /** Discards the parts. No part may be in flight: S3 might keep it. */
  abort(): Promise<void>;
}

/** AWS: "Amazon S3 multipart upload limits"; 10,000 parts of it are 50 GB. */
export const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Starts a multipart upload. If it is never completed, the bucket's lifecycle rule ends it after a day. */
export async function startUpload(
  client: S3Client,
  { bucket, key, signal: abortSignal }: { bucket: string; key: string; signal: AbortSignal },
): Promise<Upload> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: 'application/gzip' }),
    { abortSignal },
  );
  const upload = { Bucket: bucket, Key: key, UploadId };
  const parts: CompletedPart[] = [];
  return {
    async part(PartNumber, Body) {
      const sent = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), { abortSignal });
      parts.push({ PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 });
    },
    async complete() {
      await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
    },
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload));
    },
  };
}
