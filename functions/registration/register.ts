import { asFailure } from '../../shared/failure.ts';
import { isSamePlace, shownUrl } from '../../shared/ocrolus/webhooks/endpoint.ts';
import {
  otherLevel,
  type Registered,
  type TestOutcome,
  type WebhookLevel,
} from '../../shared/ocrolus/webhooks/level.ts';
import type { Difference, RegisterReport } from '../../shared/ocrolus/webhooks/reports.ts';
import type { WebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import { differenceOf, waitsForDashboard } from './difference.ts';
import { putWebhook } from './put-webhook.ts';
import {
  explain,
  ownWebhook,
  type Registration,
  type RegistrationDependencies,
  RegistrationError,
  TestFailed,
  urlForOcrolus,
} from './registration.ts';
import { restore } from './remove.ts';
import { formerSecretOf, isSigning, requireUsable, setSecret } from './signing-secret.ts';

/** Time for restoring the former registration. */
const RESTORE_MS = 20_000;
/** Pause between two tests of a webhook that cannot be reached yet. */
const BETWEEN_TESTS_MS = 20_000;

/**
 * Registers an account's webhook: configures it, sets the signing secret, compares the events and has it tested. If a
 * step fails, the former registration is restored. Idempotent. A webhook that waits for the Dashboard is kept, with its
 * secret, so that signed deliveries begin when its events are ticked.
 *
 * @param former URL before an update, if that may be another one.
 * @param deadline Unix milliseconds.
 * @throws RegistrationError, or Failure of Ocrolus's answer.
 */
export async function register(
  registration: Registration,
  former: string | undefined,
  dependencies: RegistrationDependencies,
  deadline: number,
): Promise<RegisterReport> {
  const { account, level, url, events } = registration;
  const { openLevel, log } = dependencies;
  const webhooks = openLevel(account, level, deadline - RESTORE_MS);
  await requireEmpty(openLevel(account, otherLevel(level), webhooks.deadline));
  const places = former === undefined ? [url] : [url, former];
  const before = ownWebhook(await webhooks.list(), level, places);
  const secret = await dependencies.readSecret(account);
  requireUsable(secret);
  const desired = { url: urlForOcrolus(url, secret, dependencies.authentication), events, isActive: true };
  /** The webhook of another receiver, which this one replaces. */
  const replaced = before === undefined || isOneOf(places, before) ? undefined : before;
  const formerSecret = replaced === undefined ? undefined : formerSecretOf(secret);
  if (replaced !== undefined) await requireAccepted(url, secret, dependencies);

  let registered: Registered | undefined;
  let isSecretSet = false;
  try {
    registered = await putWebhook(webhooks, desired, before);
    const difference = differenceOf(desired, registered);
    const isWaiting = waitsForDashboard(level, registered);
    if (registered.events.length === 0 && !isWaiting) {
      throw new RegistrationError('Ocrolus accepted none of the events: check registration.events');
    }
    // Ocrolus still signs with the former secret, so a failure of this test leaves it unchanged.
    if (formerSecret !== undefined) await runTest(webhooks, registered, dependencies, FORMER_SECRET_HINT);
    isSecretSet = isSigning(secret.current);
    await setSecret(webhooks, registered, () => dependencies.readSecret(account));
    const test = await runTest(webhooks, registered, dependencies, UNSIGNED_HINT);
    report(dependencies, registration, difference);
    return {
      account,
      level,
      url: shownUrl(registered.url),
      events: [...registered.events],
      difference,
      test,
      waitsForDashboard: isWaiting,
      ...(replaced !== undefined && { replaced: shownUrl(replaced.url) }),
    };
  } catch (error) {
    const secretToRestore = isSecretSet ? formerSecret : undefined;
    const former = { before, secret: secretToRestore };
    await restore(openLevel(account, level, deadline), (registered ?? desired).url, former, log);
    if (!isSecretSet || replaced === undefined || formerSecret !== undefined) throw error;
    const explanation = `${explain(error)}. ${secretLost(replaced)}`;
    throw error instanceof TestFailed ? new TestFailed(explanation) : new RegistrationError(explanation);
  }
}

/**
 * Requires that the other level has no webhook. Ocrolus delivers for one level only: a webhook of the other level
 * would stop the deliveries of the first, or get none itself.
 *
 * @param other the other level of the same account.
 * @throws RegistrationError when something is registered there.
 */
async function requireEmpty(other: WebhookLevel): Promise<void> {
  const found = await other.list().catch((error: unknown): readonly Registered[] => {
    // Credentials of an account may not be allowed to see the organization's webhooks.
    if (asFailure(error).class === 'refused') return [];
    throw error;
  });
  if (found.length === 0) return;
  throw new RegistrationError(
    `Ocrolus has a webhook at ${other.level} level, and delivers for one level only: remove it first, or set registration.level to '${other.level}'`,
  );
}

function isOneOf(places: readonly string[], { url }: Registered): boolean {
  return places.some((place) => isSamePlace(place, url));
}

/** A takeover costs the other receiver its secret, so ours must work. @throws RegistrationError when it does not. */
async function requireAccepted(
  url: string,
  secret: WebhookSecret,
  dependencies: RegistrationDependencies,
): Promise<void> {
  const trial = await dependencies.trySecret(url, secret);
  dependencies.log.info('tried the webhook secret before a takeover', { trial });
  if (trial !== 'refused') return;
  throw new RegistrationError(
    'The webhook does not accept its own secret, so nothing was registered. After a change of the secret, wait ten seconds and try again',
  );
}

const UNSIGNED_HINT =
  "If the webhook's log says \"unsigned\", Ocrolus does not sign tests: set registration.test to 'report'";

const FORMER_SECRET_HINT =
  'It is signed with the secret of the former webhook: is that what the webhook secret has in "previous"?';

function secretLost({ url }: Registered): string {
  return `${shownUrl(url)} is registered again, but Ocrolus signs with our secret and does not disclose the former one: set that one again, or put it into "previous" of the webhook secret before the next try`;
}

/** @throws RegistrationError when Ocrolus could not deliver the test, unless failures are only reported. */
async function runTest(
  webhooks: WebhookLevel,
  registered: Registered,
  dependencies: RegistrationDependencies,
  hint: string,
): Promise<string> {
  const { test, log } = dependencies;
  const outcome = await testUntilDelivered(webhooks, registered, dependencies);
  if (outcome.ok) return outcome.result === 'delivered' ? 'ok' : outcome.result;
  if (test === 'require') {
    throw new TestFailed(`Ocrolus could not deliver a test: ${outcome.message}. ${hint}`);
  }
  log.warn('registration test failed', { reason: outcome.message });
  return outcome.message;
}

/** @returns the outcome of the last test. */
async function testUntilDelivered(
  webhooks: WebhookLevel,
  registered: Registered,
  { repeatTestUntil = 0, now, wait, log }: RegistrationDependencies,
): Promise<TestOutcome> {
  const until = Math.min(repeatTestUntil, webhooks.deadline);
  for (let tests = 1; ; tests += 1) {
    const outcome = await webhooks.test(registered);
    if (outcome.ok || now() + BETWEEN_TESTS_MS >= until) return outcome;
    log.info('registration test to be repeated', { tests, reason: outcome.message });
    await wait(BETWEEN_TESTS_MS);
  }
}

function report(
  { log }: RegistrationDependencies,
  { account, level }: Registration,
  difference: Difference,
): void {
  const { missing, dropped, unasked } = difference;
  if (missing.length + dropped.length + unasked.length === 0) return;
  log.warn('Ocrolus registered other events than asked for', {
    account,
    level,
    missing: missing.join(','),
    dropped: dropped.join(','),
    unasked: unasked.join(','),
  });
}
