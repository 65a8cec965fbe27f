import { asFailure } from '../../shared/failure.ts';
import type { RegisterReport } from '../../shared/ocrolus/webhooks/reports.ts';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import { show } from './difference.ts';
import { type CloudFormationEvent, Properties } from './events.ts';
import { register } from './register.ts';
import { explain, type RegistrationDependencies, RegistrationError, TestFailed } from './registration.ts';
import { remove } from './remove.ts';

/** Characters of a reason. CloudFormation reads at most 4 KiB of an answer (AWS: "Custom resource response objects"). */
const MAX_REASON = 1000;
const PUT_TRIES = 3;
const PUT_TIMEOUT_MS = 5000;

/**
 * Time for which Ocrolus's test is repeated while a deployment creates the ingress: a resolver that has asked for the
 * host name too early does not ask again for 15 minutes (docs/decisions/0024).
 */
const TEST_MS = 20 * 60_000;

/** Dependencies for a request of CloudFormation. */
export interface CloudFormationDependencies extends RegistrationDependencies {
  /** Starts another invocation with the same request. Absent: this invocation must answer. */
  readonly handOver?: () => Promise<void>;
  /** URL for the deliveries of an account, from the function's settings. */
  readonly urlOf: (account: string) => string;
  /** True if CloudFormation takes a failed change of the stack back. */
  readonly isRollback: (stackId: string) => Promise<boolean>;
}

/**
 * Decides until when an invocation repeats the test, and whether another one must continue after it.
 *
 * @param started when the invocation began, and `timeout` when it must end; Unix milliseconds.
 */
export function testWindow(
  { testUntil }: Pick<CloudFormationEvent, 'testUntil'>,
  started: number,
  timeout: number,
): { readonly testUntil: number; readonly repeatTestUntil: number; readonly isLonger: boolean } {
  const until = testUntil ?? started + TEST_MS;
  return { testUntil: until, repeatTestUntil: Math.min(until, timeout), isLonger: until > timeout };
}

/** The answer to CloudFormation. */
interface Outcome {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/**
 * The custom resource: registers on create and update, removes on delete. It always answers, because CloudFormation
 * waits for it. A retry by Lambda repeats nothing that is already done.
 *
 * @param deadline Unix milliseconds by which it must have answered.
 * @throws Error when CloudFormation could not be answered: Lambda then retries the request.
 */
export async function onCloudFormationEvent(
  event: CloudFormationEvent,
  dependencies: CloudFormationDependencies,
  deadline: number,
  send: typeof fetch = fetch,
): Promise<void> {
  const outcome = await carryOut(event, dependencies, deadline);
  if (outcome === 'handed over') return;
  const { StackId, RequestId, LogicalResourceId } = event;
  // The id stays the same for the resource's life: a different one would make CloudFormation delete the old resource.
  const PhysicalResourceId = event.PhysicalResourceId ?? `ocrolus-webhook-${LogicalResourceId}`;
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...outcome };
  await put(event.ResponseURL, JSON.stringify(answer), send, dependencies.log);
}

async function carryOut(
  event: CloudFormationEvent,
  dependencies: CloudFormationDependencies,
  deadline: number,
): Promise<Outcome | 'handed over'> {
  if (event.RequestType === 'Delete') return removeIfOurs(event, dependencies, deadline);
  const { repeatTestUntil, handOver, ...once } = dependencies;
  try {
    const registration = Properties.parse(event.ResourceProperties);
    requireOwnUrl(registration, dependencies);
    if (await isUnchanged(event, registration, dependencies, deadline)) {
      dependencies.log.info('Ocrolus has the registration already');
      return { Status: 'SUCCESS', Data: { ...NOTHING_NEW, State: REGISTERED } };
    }
    const isRepeated = registration.makesWayIn === 'true' && repeatTestUntil !== undefined;
    const given = isRepeated ? dependencies : once;
    const former = event.OldResourceProperties?.url;
    const report = await register(registration, former, given, deadline).catch(async (error: unknown) => {
      if (!isRepeated || !(error instanceof TestFailed) || handOver === undefined) throw error;
      // The former registration is restored, so the next invocation starts like this one.
      dependencies.log.info('not reachable yet: continued by another invocation', { reason: explain(error) });
      await handOver();
      return undefined;
    });
    return report === undefined ? 'handed over' : { Status: 'SUCCESS', Data: described(report) };
  } catch (error) {
    const state = await stateToWaitIn(event, error, dependencies);
    if (state !== undefined) {
      dependencies.log.warn('not registered yet', errorFields(error));
      return { Status: 'SUCCESS', Data: { ...NOTHING_NEW, State: state } };
    }
    dependencies.log.error('not registered', errorFields(error));
    return { Status: 'FAILED', Reason: explain(error).slice(0, MAX_REASON) };
  }
}

/** Every answer has the same attributes, because an output of the stack reads one of them. */
const NOTHING_NEW = { Events: '', Missing: '', Test: '' };
const REGISTERED = 'registered';

/** Refuses every other URL, so that no caller can redirect deliveries. @throws RegistrationError */
function requireOwnUrl(
  { account, url }: Properties,
  { urlOf }: Pick<CloudFormationDependencies, 'urlOf'>,
): void {
  if (url === urlOf(account)) return;
  throw new RegistrationError('The URL is not the one of this stack: nothing was registered');
}

/**
 * True for an update of what Ocrolus has already: then a test, which needs a way in and an Ocrolus that works, could only
 * fail. The signing secret cannot be compared, so one of another name is set.
 */
async function isUnchanged(
  { RequestType, OldResourceProperties }: CloudFormationEvent,
  registration: Properties,
  dependencies: CloudFormationDependencies,
  deadline: number,
): Promise<boolean> {
  const isOfSecret = registration.webhookSecret === OldResourceProperties?.webhookSecret;
  return RequestType === 'Update' && isOfSecret && !(await show(registration, dependencies, deadline)).drift;
}

/**
 * What a deployment reports instead of failing: API credentials that are not set yet, because the same deployment may have
 * created their secret; and a rollback, which must not need Ocrolus. The daily check finds what is not registered.
 *
 * @returns `undefined`: the deployment fails.
 */
async function stateToWaitIn(
  { RequestType, StackId, ResourceProperties }: CloudFormationEvent,
  error: unknown,
  { isRollback }: Pick<CloudFormationDependencies, 'isRollback'>,
): Promise<string | undefined> {
  if (asFailure(error).code === 'no-credentials') {
    const account = String(ResourceProperties.account);
    return `not registered: set the secret of CredentialsSecretArns, then run ops register --account ${account}`;
  }
  if (RequestType !== 'Update' || !(await isRollback(StackId))) return undefined;
  return 'not registered again in the rollback: run ops registration, and ops register if it differs';
}

/** A failure must not block the deletion of the stack; Ocrolus stops deliveries to a webhook that no longer exists. */
async function removeIfOurs(
  { ResourceProperties }: CloudFormationEvent,
  dependencies: CloudFormationDependencies,
  deadline: number,
): Promise<Outcome> {
  try {
    const registration = Properties.parse(ResourceProperties);
    requireOwnUrl(registration, dependencies);
    const removed = await remove(registration, dependencies, deadline);
    dependencies.log.info(removed ? 'registration removed' : 'webhook is not registered');
  } catch (error) {
    dependencies.log.warn('registration not removed: remove it in the Dashboard', errorFields(error));
  }
  return { Status: 'SUCCESS' };
}

function described({ events, difference, test, replaced }: RegisterReport): Record<string, string> {
  return {
    Events: events.join(','),
    Missing: [...difference.missing, ...difference.dropped].join(','),
    Test: test,
    State: REGISTERED,
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
