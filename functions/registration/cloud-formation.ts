import { answer, failed, type Outcome } from '../../shared/custom-resource/answer.ts';
import { asFailure } from '../../shared/failure.ts';
import { type RegisterReport, TICK_EVENTS } from '../../shared/ocrolus/webhooks/reports.ts';
import { errorFields } from '../../shared/telemetry/log.ts';
import { show } from './difference.ts';
import { type CloudFormationEvent, Properties } from './events.ts';
import { register } from './register.ts';
import {
  explain,
  type Registration,
  type RegistrationDependencies,
  RegistrationError,
  TestFailed,
} from './registration.ts';
import { remove } from './remove.ts';

/**
 * Time for which Ocrolus's test is repeated while a deployment creates the ingress: a resolver that has asked for the
 * host name too early does not ask again for 15 minutes (docs/decisions/0024).
 */
const TEST_MS = 20 * 60_000;

/** Dependencies for a request of CloudFormation. */
export interface CloudFormationDependencies extends RegistrationDependencies {
  /** Starts another invocation with the same request. Absent: this invocation must answer. */
  readonly handOver?: () => Promise<void>;
  /** The desired registration of each account of the function's settings. */
  readonly registrations: readonly Registration[];
  /** What CloudFormation does with the stack, such as `UPDATE_IN_PROGRESS`; `undefined` if it does not say. */
  readonly stackStatus: (stackId: string) => Promise<string | undefined>;
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
  await answer(event, `ocrolus-webhook-${event.LogicalResourceId}`, outcome, { log: dependencies.log, send });
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
    requireOwnLevel(registration, dependencies);
    if (await isUnchanged(event, registration, dependencies, deadline)) {
      dependencies.log.info('Ocrolus has the registration already');
      return { Status: 'SUCCESS', Data: { ...NOTHING_NEW, State: REGISTERED } };
    }
    const isRepeated = registration.makesWayIn === 'true' && repeatTestUntil !== undefined;
    const given = isRepeated ? dependencies : once;
    const former = await formerUrl(event, registration, dependencies);
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
    return failed(explain(error));
  }
}

/** Every answer has the same attributes, because an output of the stack reads one of them. */
const NOTHING_NEW = { Events: '', Missing: '', Test: '' };
const REGISTERED = 'registered';
const WAITING = `waiting for the Dashboard: ${TICK_EVENTS}`;

/** Refuses every other URL, so that no caller can redirect deliveries. @throws RegistrationError */
function requireOwnUrl(
  { account, url }: Properties,
  { registrations }: Pick<CloudFormationDependencies, 'registrations'>,
): void {
  if (registrations.some((own) => own.account === account && own.url === url)) return;
  throw new RegistrationError('The URL is not the one of this stack: nothing was registered');
}

/** Refuses the other level, at which this URL would get the deliveries of other accounts. @throws RegistrationError */
function requireOwnLevel(
  { level }: Properties,
  { registrations }: Pick<CloudFormationDependencies, 'registrations'>,
): void {
  if (registrations.some((own) => own.level === level)) return;
  throw new RegistrationError('The level is not the one of this stack: nothing was registered');
}

/**
 * The URL before an update, whose webhook is replaced. An account has one webhook in any case. An organization may have those
 * of other stages, which a forged request could name: so it counts only while the stack is being deployed.
 */
async function formerUrl(
  { StackId, OldResourceProperties }: CloudFormationEvent,
  { level }: Properties,
  { stackStatus }: Pick<CloudFormationDependencies, 'stackStatus'>,
): Promise<string | undefined> {
  const url = OldResourceProperties?.url;
  if (url === undefined || level === 'account') return url;
  return (await stackStatus(StackId))?.includes('IN_PROGRESS') ? url : undefined;
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
  { stackStatus }: Pick<CloudFormationDependencies, 'stackStatus'>,
): Promise<string | undefined> {
  if (asFailure(error).code === 'no-credentials') {
    const account = String(ResourceProperties.account);
    return `not registered: set the secret of CredentialsSecretArns, then run ops register --account ${account}`;
  }
  if (RequestType !== 'Update' || !(await stackStatus(StackId))?.includes('ROLLBACK')) return undefined;
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

function described({
  events,
  difference,
  test,
  replaced,
  waitsForDashboard,
}: RegisterReport): Record<string, string> {
  return {
    Events: events.join(','),
    Missing: [...difference.missing, ...difference.dropped].join(','),
    Test: test,
    State: waitsForDashboard ? WAITING : REGISTERED,
    ...(replaced !== undefined && { Replaced: replaced }),
  };
}
