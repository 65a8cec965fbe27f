import { CREDENTIALS, type Moto, REGION } from './moto.ts';

export interface AwsCall {
  /** The name under which requests to the service are signed: it is how the emulator knows whom they are for. */
  readonly service: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path?: string;
  /** The operation, for services that have it in a header. */
  readonly target?: string;
  readonly body?: unknown;
}

/**
 * Calls a service that no client is installed for: its answer, if it was one of success. The signature is a stand-in,
 * which the emulator does not look at.
 */
export async function callAws(moto: Moto, call: AwsCall): Promise<Record<string, unknown>> {
  const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/${call.service}/aws4_request`;
  const response = await fetch(`${moto.endpoint}${call.path ?? '/'}`, {
    method: call.method ?? 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=emulated`,
      'content-type': call.target === undefined ? 'application/json' : 'application/x-amz-json-1.0',
      ...(call.target !== undefined && { 'x-amz-target': call.target }),
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${call.service} ${call.path ?? call.target}: ${response.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}
