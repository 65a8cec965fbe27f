import { shownUrl } from '../../shared/ocrolus/webhooks/endpoint.ts';
import type { Registered, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import { otherLevel } from '../../shared/ocrolus/webhooks/open-level.ts';
import type { Difference, RegisterReport } from '../../shared/ocrolus/webhooks/reports.ts';
import { errorFields } from '../../shared/telemetry/log.ts';
import { differenceOf } from './difference.ts';
import {
  ownWebhook,
  RegistrationError,
  type RegistrationParts,
  requireOtherLevelEmpty,
} from './registrar.ts';
import { type Registration, urlForOcrolus } from './wanted.ts';

/** How long putting things back may take. */
const RESTORE_MS = 20_000;
/** A rotation may change the secret while it is being set; more than once in a second it does not. */
const SECRET_TRIES = 3;

/**
 * Registers an account's webhook: configures it, sets the signing secret, compares the events and has it
 * tested. When a step fails, what was registered before is put back. Running it again changes nothing.
 *
 * @param former where it was registered before an update, when that may be elsewhere.
 * @param deadline Unix milliseconds.
 * @throws RegistrationError, or Failure of what Ocrolus answered.
 */
export async function register(
  registration: Registration,
  former: string | undefined,
  parts: RegistrationParts,
  deadline: number,
): Promise<RegisterReport> {
  const { account, level, url, events } = registration;
  const webhooks = parts.openLevel(account, level);
  const workUntil = deadline - RESTORE_MS;
  await requireOtherLevelEmpty(parts.openLevel(account, otherLevel(level)), workUntil);
  const places = former === undefined ? [url] : [url, former];
  const before = ownWebhook(await webhooks.list(workUntil), level, places);
  const secret = await parts.readSecret(account);
  const wanted = { url: urlForOcrolus(url, secret, parts.authentication), events, isActive: true };

  let registered: Registered | undefined;
  try {
    registered = await webhooks.put(wanted, before, workUntil);
    const difference = differenceOf(wanted, registered);
    if (registered.events.length === 0) {
      throw new RegistrationError('Ocrolus took none of the events: look at registration.events');
    }
    await setSecret(webhooks, registered, parts, account, workUntil);
    const test = await runTest(webhooks, registered, parts, workUntil);
    report(parts, registration, difference);
    const replaced =
      before !== undefined && !places.some((place) => shownUrl(place) === shownUrl(before.url));
    return {
      account,
      level,
      url: shownUrl(registered.url),
      events: [...registered.events],
      difference,
      test,
      ...(replaced && { replaced: shownUrl(before.url) }),
    };
  } catch (error) {
    await restore(webhooks, before, registered ?? wanted, parts, deadline);
    throw error;
  }
}

/** Ocrolus signs with the secret from now on. Set again when a rotation has changed it meanwhile. */
async function setSecret(
  webhooks: WebhookLevel,
  registered: Registered,
  { readSecret }: RegistrationParts,
  account: string,
  deadline: number,
): Promise<void> {
  let { current } = await readSecret(account);
  for (let tries = 0; tries < SECRET_TRIES; tries += 1) {
    // Only Basic credentials protect the webhook then.
    if (current === undefined || current === '') return;
    await webhooks.setSecret(registered, current, deadline);
    const after = (await readSecret(account)).current;
    if (after === current) return;
    current = after;
  }
  throw new RegistrationError('The webhook secret changes all the time: is a rotation running? Try again');
}

async function runTest(
  webhooks: WebhookLevel,
  registered: Registered,
  { test, log }: RegistrationParts,
  deadline: number,
): Promise<string> {
  const outcome = await webhooks.test(registered, deadline);
  if (outcome.ok) return 'ok';
  if (test === 'require') {
    throw new RegistrationError(
      `Ocrolus could not deliver a test: ${outcome.message}. If the webhook's log says "unsigned", Ocrolus does not sign tests: set registration.test to 'report'`,
    );
  }
  log.warn('registration test failed', { reason: outcome.message });
  return outcome.message;
}

function report({ log }: RegistrationParts, { account, level }: Registration, difference: Difference): void {
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

/** Puts back what was registered before; what cannot be put back is for the drift check to find. */
async function restore(
  webhooks: WebhookLevel,
  before: Registered | undefined,
  now: Registered,
  { log }: RegistrationParts,
  deadline: number,
): Promise<void> {
  try {
    if (before !== undefined) await webhooks.put(before, before, deadline);
    else await removeIfThere(webhooks, now, deadline);
    log.warn('registration failed: what was registered before is back', { level: webhooks.level });
  } catch (error) {
    log.error('registration failed, and what was before could not be put back', errorFields(error));
  }
}

/** After a failure it is not known whether a webhook was added. */
async function removeIfThere(webhooks: WebhookLevel, now: Registered, deadline: number): Promise<void> {
  const found = (await webhooks.list(deadline)).find(({ url }) => shownUrl(url) === shownUrl(now.url));
  if (found !== undefined) await webhooks.remove(found, deadline);
}
