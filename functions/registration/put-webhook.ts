import { asFailure, type Failure } from '../../shared/failure.ts';
import type { DesiredWebhook, Registered, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import { RegistrationError } from './registration.ts';

/**
 * Registers a webhook. If Ocrolus refuses the request, further requests find out which event names cause the refusal,
 * because the answer does not say. Meanwhile the webhook has only some of the events; the caller restores the former
 * registration.
 *
 * @throws RegistrationError that names the refused events, or Failure of Ocrolus's answer.
 */
export async function putWebhook(
  webhooks: WebhookLevel,
  desired: DesiredWebhook,
  before: Registered | undefined,
): Promise<Registered> {
  try {
    return await webhooks.put(desired, before);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code.startsWith('http-415')) throw new RegistrationError(OTHER_ENCODING);
    if (!INPUT_CODES.has(failure.code)) throw error;
    const refused = await findRefused(webhooks, desired, before).catch(() => undefined);
    throw refused === undefined ? error : explainRefusal(failure, desired, refused);
  }
}

const OTHER_ENCODING =
  'Ocrolus refuses the encoding of the request (415): set registration.encoding to the other one';

/** Codes for an invalid request (docs/ocrolus.md#error-codes); 1000 is the organization level's. */
const INPUT_CODES = new Set(['1000', '1002', '1003', '1103', '1806', 'http-400', 'http-422']);

function explainRefusal(
  { code }: Failure,
  { events }: DesiredWebhook,
  refused: readonly string[],
): RegistrationError {
  const answer = `Ocrolus refuses the registration (${code})`;
  if (refused.length === 0) return new RegistrationError(`${answer}, but each event alone is accepted`);
  if (refused.length < events.length) {
    return new RegistrationError(
      `${answer}, because of these events: ${refused.join(', ')}. Leave them out of registration.events`,
    );
  }
  // How Ocrolus refuses a sixth webhook is not documented.
  return new RegistrationError(
    `${answer}, also for each event alone: check registration.url, registration.encoding and registration.events, and at organization level that it has fewer than five other webhooks`,
  );
}

/** Halves the list until each part is accepted or has one name. @throws Failure of another kind of answer. */
async function findRefused(
  webhooks: WebhookLevel,
  desired: DesiredWebhook,
  before: Registered | undefined,
): Promise<string[]> {
  // A webhook that was added for one accepted part is updated for the next.
  let existing = before;
  const isAccepted = async (events: readonly string[]): Promise<boolean> => {
    try {
      existing = await webhooks.put({ ...desired, events }, existing);
      return true;
    } catch (error) {
      if (INPUT_CODES.has(asFailure(error).code)) return false;
      throw error;
    }
  };
  /** @param events a list that was refused. */
  const refusedOf = async (events: readonly string[]): Promise<string[]> => {
    if (events.length === 1) return [...events];
    const middle = Math.ceil(events.length / 2);
    const refused: string[] = [];
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      if (!(await isAccepted(half))) refused.push(...(await refusedOf(half)));
    }
    return refused;
  };
  return refusedOf(desired.events);
}
