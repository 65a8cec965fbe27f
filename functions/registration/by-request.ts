import {
  isNoReport,
  type NoReport,
  type RegisterReport,
  type RegistrationReport,
  type UnregisterReport,
} from '../../shared/ocrolus/webhooks/reports.ts';
import { errorFields } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import type { Request } from './events.ts';
import { register } from './register.ts';
import { explain, type RegistrationParts } from './registrar.ts';
import { remove } from './remove.ts';
import { show } from './show.ts';
import type { Registration } from './wanted.ts';

/**
 * Does what an operator or the schedule asks for, account after account: one that fails does not keep the others
 * from their turn.
 *
 * @throws Error when a check could not be made: Lambda's error metric shows it.
 */
export async function onRequest(
  request: Request,
  registrations: readonly Registration[],
  parts: RegistrationParts & { readonly metrics: Metrics },
  deadline: number,
): Promise<(RegisterReport | UnregisterReport | RegistrationReport | NoReport)[]> {
  if (request.action === 'check') return check(registrations, parts, deadline);
  const wanted = registrations.filter(
    ({ account }) => request.account === undefined || request.account === account,
  );
  if (wanted.length === 0) throw new Error(`there is no account ${request.account}`);
  const { action } = request;
  return each<RegisterReport | UnregisterReport | RegistrationReport>(wanted, parts, async (registration) => {
    if (action === 'register') return register(registration, undefined, parts, deadline);
    if (action === 'show') return show(registration, parts, deadline);
    return { account: registration.account, removed: await remove(registration, parts, deadline) };
  });
}

async function check(
  registrations: readonly Registration[],
  parts: RegistrationParts & { readonly metrics: Metrics },
  deadline: number,
): Promise<(RegistrationReport | NoReport)[]> {
  const results = await each(registrations, parts, (registration) => show(registration, parts, deadline));
  const drifted = results.flatMap((result) => (!isNoReport(result) && result.drift ? [result] : []));
  for (const { account, difference } of drifted) {
    parts.log.warn('Ocrolus has another registration than we want', {
      account,
      webhook: difference.webhook,
      missing: difference.missing.join(','),
      unasked: difference.unasked.join(','),
    });
  }
  parts.metrics.count('RegistrationDrift', {}, drifted.length);
  if (results.some(isNoReport)) throw new Error('a registration could not be looked at');
  return results;
}

async function each<T>(
  registrations: readonly Registration[],
  { log }: RegistrationParts,
  act: (registration: Registration) => Promise<T>,
): Promise<(T | NoReport)[]> {
  const results: (T | NoReport)[] = [];
  for (const registration of registrations) {
    const { account } = registration;
    try {
      results.push(await act(registration));
    } catch (error) {
      log.error('registration failed', { account, ...errorFields(error) });
      results.push({ account, error: explain(error) });
    }
  }
  return results;
}
