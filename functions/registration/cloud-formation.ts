import type { RegisterReport } from '../../shared/ocrolus/webhooks/reports.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import { errorFields } from '../../shared/telemetry/log.ts';
import { type CloudFormationEvent, Properties } from './events.ts';
import { register } from './register.ts';
import { explain, type RegistrationParts } from './registrar.ts';
import { remove } from './remove.ts';

/** CloudFormation reads at most this much of an answer, 4 KiB (AWS: "Custom resource response objects"). */
const MAX_REASON = 1000;
const PUT_TRIES = 3;
const PUT_TIMEOUT_MS = 5000;

/** What CloudFormation is told. */
interface Outcome {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/**
 * The custom resource: registers on create and update, removes on delete. It answers whatever happens, because
 * CloudFormation waits for it. A retry, by Lambda, finds done what was done.
 *
 * @param deadline Unix milliseconds by which it must have answered.
 * @throws Error when CloudFormation could not be answered: Lambda then tries all of it again.
 */
export async function onCloudFormationEvent(
  event: CloudFormationEvent,
  parts: RegistrationParts,
  deadline: number,
  send: typeof fetch = fetch,
): Promise<void> {
  const outcome = await carryOut(event, parts, deadline);
  const { StackId, RequestId, LogicalResourceId } = event;
  // It stays the same for the resource's life: another one would make CloudFormation delete the old.
  const PhysicalResourceId = event.PhysicalResourceId ?? `ocrolus-webhook-${LogicalResourceId}`;
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...outcome };
  await put(event.ResponseURL, JSON.stringify(answer), send, parts.log);
}

async function carryOut(
  event: CloudFormationEvent,
  parts: RegistrationParts,
  deadline: number,
): Promise<Outcome> {
  if (event.RequestType === 'Delete') return removeIfOurs(event, parts, deadline);
  try {
    const registration = Properties.parse(event.ResourceProperties);
    const former = event.OldResourceProperties?.url;
    const { repeatTestUntil, ...once } = parts;
    const isRepeated = registration.makesWayIn === 'true' && repeatTestUntil !== undefined;
    const report = await register(registration, former, isRepeated ? parts : once, deadline);
    return { Status: 'SUCCESS', Data: described(report) };
  } catch (error) {
    parts.log.error('not registered', errorFields(error));
    return { Status: 'FAILED', Reason: explain(error).slice(0, MAX_REASON) };
  }
}

/** A stack that cannot be deleted helps nobody, and Ocrolus gives up on a webhook that is gone. */
async function removeIfOurs(
  { ResourceProperties }: CloudFormationEvent,
  parts: RegistrationParts,
  deadline: number,
): Promise<Outcome> {
  try {
    const removed = await remove(Properties.parse(ResourceProperties), parts, deadline);
    parts.log.info(removed ? 'registration removed' : 'nothing of ours is registered');
  } catch (error) {
    parts.log.warn('registration not removed: remove it in the Dashboard', errorFields(error));
  }
  return { Status: 'SUCCESS' };
}

function described({ events, difference, test, replaced }: RegisterReport): Record<string, string> {
  return {
    Events: events.join(','),
    Missing: [...difference.missing, ...difference.dropped].join(','),
    Test: test,
    ...(replaced !== undefined && { Replaced: replaced }),
  };
}

async function put(url: string, body: string, send: typeof fetch, log: Log): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const failure = await putOnce(url, body, send);
    if (failure === undefined) return;
    log.warn('CloudFormation was not answered', { tries, reason: failure });
    if (tries >= PUT_TRIES) throw new Error('CloudFormation could not be answered');
  }
}

async function putOnce(url: string, body: string, send: typeof fetch): Promise<string | undefined> {
  try {
    const { ok, status } = await send(url, {
      method: 'PUT',
      // The URL is signed for no content type; `fetch` gives bytes none of its own.
      headers: { 'content-type': '' },
      body: Buffer.from(body),
      signal: AbortSignal.timeout(PUT_TIMEOUT_MS),
    });
    return ok ? undefined : `http-${status}`;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}
