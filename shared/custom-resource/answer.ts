import type { Log } from '../telemetry/log.ts';
import type { CustomResourceRequest } from './request.ts';

/** Bytes of an answer that CloudFormation reads (AWS: "Custom resource response objects"). */
export const MAX_ANSWER = 4096;
/** Characters of a reason. The rest is for the other members, and for quotes that JSON escapes. */
const MAX_REASON = 3500;
const PUT_TRIES = 3;
const PUT_TIMEOUT_MS = 5000;

/** What CloudFormation is told of a resource. */
export interface Outcome {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/** The deployment fails, and shows the reason. Lines that do not fit are left out as a whole: some end with a command. */
export function failed(reason: string): Outcome {
  if (reason.length <= MAX_REASON) return { Status: 'FAILED', Reason: reason };
  const [first = '', ...others] = reason.slice(0, MAX_REASON).split('\n');
  return { Status: 'FAILED', Reason: [first, ...others.slice(0, -1)].join('\n') };
}

/**
 * Answers a request of CloudFormation, which waits for it.
 *
 * @param newId the physical id of a resource that has none yet. It should stay the same for the resource's life: a different
 * one would make CloudFormation delete the old resource.
 * @throws Error when CloudFormation could not be answered: Lambda then retries the request.
 */
export async function answer(
  request: CustomResourceRequest,
  newId: string,
  outcome: Outcome,
  { log, send }: { readonly log: Log; readonly send: typeof fetch },
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = newId } = request;
  const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...outcome });
  for (let tries = 1; ; tries += 1) {
    const failure = await putOnce(request.ResponseURL, body, send);
    if (failure === undefined) return;
    log.warn('CloudFormation was not answered', { tries, reason: failure });
    if (tries >= PUT_TRIES) throw new Error('CloudFormation could not be answered');
  }
}

async function putOnce(url: string, body: string, send: typeof fetch): Promise<string | undefined> {
  try {
    const { ok, status } = await send(url, {
      method: 'PUT',
      // The URL is signed without a content type, and `fetch` adds none for bytes.
      headers: { 'content-type': '' },
      body: Buffer.from(body),
      signal: AbortSignal.timeout(PUT_TIMEOUT_MS),
    });
    return ok ? undefined : `http-${status}`;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}
