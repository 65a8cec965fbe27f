import { Faults } from './http/faults.ts';
import { RateLimit } from './http/rate-limit.ts';
import { type CallRecord, serveApi } from './http/server.ts';
import { Tokens } from './http/token.ts';
import { openBooks } from './journal.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { createIds, fork } from './random.ts';
import { Simulator } from './simulator.ts';
import { Announcer } from './webhooks/announcer.ts';
import { createPing } from './webhooks/post.ts';
import { Registrations } from './webhooks/registrations.ts';
import { accountRoutes, organizationRoutes } from './webhooks/routes.ts';

const DAY_MS = 86_400_000;

/**
 * Starts a fake Ocrolus on loopback. It behaves as docs/ocrolus.md says: one address for API and
 * tokens, `port` 0 for a free one.
 */
export async function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const settings = withDefaults(options);
  const { now, webhookUrl, requestsPerSecond, heavyRequestsPerSecond, deliveryTimeoutMs } = settings;
  const ids = createIds(fork(settings.random), now);
  const registrations = new Registrations();
  if (webhookUrl !== undefined) registrations.account = { url: webhookUrl, events: undefined };
  registrations.accountSecret = settings.webhookSecret;
  let url = '';
  const books = openBooks(settings.journal, {
    now,
    habits: settings.habits,
    resultsUrl: () => url,
    jobLife: () => ({
      id: ids.uuid(),
      readyAt: now() + settings.jobMs,
      expiresAt: now() + DAY_MS,
      fails: false,
    }),
  });
  const tokens = new Tokens(settings, ids);
  const faults = new Faults(fork(settings.random));
  const calls: CallRecord[] = [];
  const ping = createPing(ids, now, deliveryTimeoutMs);
  const server = await serveApi(
    {
      model: books.model,
      routes: [...accountRoutes(registrations, ping), ...organizationRoutes(registrations, ids, ping)],
      ...{ tokens, faults, now },
      rateLimit: new RateLimit(requestsPerSecond, heavyRequestsPerSecond, now),
      log: (call) => calls.push(call),
    },
    settings.port,
  );
  ({ url } = server);
  const announcer = new Announcer(settings, ids, registrations);
  return new Simulator({
    ...{ url, calls, tokens, faults, books, ids, registrations, announcer },
    close: () => server.stop(),
  });
}
