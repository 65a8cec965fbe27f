import {
  isNoReport,
  type NoReport,
  type RegisterReport,
  type RegistrationReport,
  type UnregisterReport,
} from '../../shared/ocrolus/webhooks/reports.ts';
import { errorFields } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import { show } from './difference.ts';
import type { Request } from './events.ts';
import { register } from './register.ts';
import { explain, type Registration, type RegistrationDependencies } from './registration.ts';
import { remove } from './remove.ts';

/**
 * Handles a request of an operator or of the schedule, account by account. A failure of one account does not affect the
 * others.
 *
 * @throws Error when a check could not be made: Lambda's error metric shows it.
 */
export async function onRequest(
  request: Exclude<Request, { action: 'probe' }>,
  registrations: readonly Registration[],
  dependencies: RegistrationDependencies & { readonly metrics: Metrics },
  deadline: number,
): Promise<(RegisterReport | UnregisterReport | RegistrationReport | NoReport)[]> {
  if (request.action === 'check') return check(registrations, dependencies, deadline);
  const requested = registrations.filter(
    ({ account }) => request.account === undefined || request.account === account,
  );
  if (requested.length === 0) throw new Error(`there is no account ${request.account}`);
  const { action } = request;
  return each<RegisterReport | UnregisterReport | RegistrationReport>(
    requested,
    dependencies,
    async (one) => {
      if (action === 'register') return register(one, undefined, dependencies, deadline);
      if (action === 'show') return show(one, dependencies, deadline);
      return { account: one.account, removed: await remove(one, dependencies, deadline) };
    },
  );
}

async function check(
  registrations: readonly Registration[],
  dependencies: RegistrationDependencies & { readonly metrics: Metrics },
  deadline: number,
): Promise<(RegistrationReport | NoReport)[]> {
  const results = await each(registrations, dependencies, (registration) =>
    completeAndShow(registration, dependencies, deadline),
  );
  const drifted = results.flatMap((result) => (!isNoReport(result) && result.drift ? [result] : []));
  for (const { account, difference, waitsForDashboard } of drifted) {
    dependencies.log.warn('registration at Ocrolus differs from the settings', {
      account,
      waitsForDashboard,
      webhook: difference.webhook,
      missing: difference.missing.join(','),
      unasked: difference.unasked.join(','),
    });
  }
  dependencies.metrics.count('RegistrationDrift', {}, drifted.length);
  if (results.some(isNoReport)) throw new Error('a registration could not be checked');
  return results;
}

/**
 * A webhook that waits for the Dashboard is registered again, in case Ocrolus accepts the events now. Without that, a stage
 * whose events were ticked would depend on an operator's next command.
 */
async function completeAndShow(
  registration: Registration,
  dependencies: RegistrationDependencies,
  deadline: number,
): Promise<RegistrationReport> {
  const found = await show(registration, dependencies, deadline);
  if (!found.waitsForDashboard) return found;
  await register(registration, undefined, dependencies, deadline);
  return show(registration, dependencies, deadline);
}

async function each<T>(
  registrations: readonly Registration[],
  { log }: RegistrationDependencies,
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

/**
 * Measures the age of the oldest webhook secret. Secrets never expire by themselves: in a stage that rotates them,
 * this metric shows that a rotation did not happen.
 *
 * @param secretArns of every account.
 * @param readDate creation time of the current version of a secret. @throws its error.
 * @param now Unix milliseconds.
 */
export async function recordSecretAge(
  secretArns: readonly string[],
  readDate: (secretArn: string) => Promise<Date>,
  metrics: Metrics,
  now: number,
): Promise<void> {
  const dates = await Promise.all(secretArns.map(readDate));
  const oldest = Math.min(...dates.map((date) => date.getTime()));
  metrics.record('WebhookSecretAge', (now - oldest) / 1000, 'Seconds', {});
}
