import type { IncomingMessage } from 'node:http';
import { parseJsonKeepingDigits } from '../../../../shared/events/json.ts';

/** A request that has been read completely. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: Buffer<ArrayBuffer>;
}

export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://simulator');
  return {
    method: message.method ?? 'GET',
    path: pathname,
    query: searchParams,
    contentType: message.headers['content-type'] ?? '',
    authorization: message.headers.authorization ?? '',
    body: Buffer.concat(chunks),
  };
}

/** A GET that never went over the network. */
export function getRequest(target: string): ApiRequest {
  const { pathname, searchParams } = new URL(target, 'http://simulator');
  return {
    method: 'GET',
    path: pathname,
    query: searchParams,
    contentType: '',
    authorization: '',
    body: Buffer.alloc(0),
  };
}

/** The fields of a JSON object; nothing of anything else. */
export function jsonFields(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const parsed = parseJsonKeepingDigits(Buffer.from(body).toString());
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** The fields of a form, url-encoded or multipart; a file counts as no field. */
export async function formFields(request: ApiRequest): Promise<[string, string][]> {
  try {
    const headers = { 'content-type': request.contentType };
    const form = await new Response(request.body, { headers }).formData();
    return [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  } catch {
    return [];
  }
}
