import { createHash, randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { Refusal } from './refusal.ts';

/**
 * Largest accepted body. Lambda's own limit is 6 MB for the whole event with the body in base64, which is about 4.5
 * MB of body (AWS: Lambda quotas); the largest body known, 2,000 documents, has 160 KB (docs/ocrolus.md#sizes).
 */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** One POST, as received. */
export interface Delivery {
  readonly account: string;
  /** The bytes that were signed, unchanged. */
  readonly rawBody: Buffer;
  /** The only value of a header, in any letter case. @throws Refusal 401 when there are several. */
  header(name: string): string | undefined;
  /** `Webhook-Request-Id` if it is valid in a key, else a hash of it, else a generated id. */
  readonly deliveryId: string;
}

/**
 * Reads the delivery from API Gateway's event.
 *
 * @throws Refusal 405 for another method than POST, 413 over `MAX_BODY_BYTES`, 400 for a body that is not base64.
 */
export function readDelivery(event: APIGatewayProxyEvent, account: string): Delivery {
  if (event.httpMethod !== 'POST') throw new Refusal(405, 'method');
  const rawBody = readRawBody(event);
  const header = (name: string) => onlyHeader(event, name);
  return { account, rawBody, header, deliveryId: readDeliveryId(header) };
}

function readRawBody(event: APIGatewayProxyEvent): Buffer {
  const body = event.body ?? '';
  const bytes = event.isBase64Encoded ? (body.length / 4) * 3 - 2 : Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw new Refusal(413, 'too-large');
  if (!event.isBase64Encoded) return Buffer.from(body);
  const decoded = Buffer.from(body, 'base64');
  // Node skips characters that are not base64 instead of failing.
  if (decoded.toString('base64') !== body) throw new Refusal(400, 'body-encoding');
  return decoded;
}

/** Refuses two values of one header, which are an attack or a bug: it is not known which of them was signed. */
function onlyHeader(event: APIGatewayProxyEvent, name: string): string | undefined {
  const lowerName = name.toLowerCase();
  const values: string[] = [];
  for (const [key, list] of Object.entries(event.multiValueHeaders ?? {})) {
    if (key.toLowerCase() === lowerName) values.push(...(list ?? []));
  }
  if (values.length === 0) {
    for (const [key, value] of Object.entries(event.headers ?? {})) {
      if (key.toLowerCase() === lowerName && value !== undefined) values.push(value);
    }
  }
  if (values.length > 1) throw new Refusal(401, 'ambiguous-header');
  return values[0];
}

function readDeliveryId(header: Delivery['header']): string {
  const sent = header('webhook-request-id');
  if (sent === undefined || sent === '') return randomUUID();
  if (/^[\w.:-]{1,128}$/.test(sent)) return sent;
  return `sha256-${createHash('sha256').update(sent).digest('hex').slice(0, 32)}`;
}
