import type { CallRecord } from './http/calls.ts';
import { Faults } from './http/faults.ts';
import type { Route } from './http/router.ts';
import { listen } from './http/server.ts';
import { Tokens } from './http/token.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { ROUTES } from './routes/index.ts';
import { Simulator } from './simulator.ts';
import { createOrganization } from './state/organization.ts';
import { fork } from './state/random.ts';

/**
 * Starts a fake Ocrolus on loopback. It behaves as docs/ocrolus.md says: one address for API and
 * tokens, `port` 0 for a free one.
 */
export async function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const settings = withDefaults(options);
  const organization = createOrganization(settings);
  const tokens = new Tokens(settings, organization.ids);
  const faults = new Faults(fork(settings.random));
  const calls: CallRecord[] = [];
  const routes = [
    ...ROUTES,
    {
      operation: 'grant-authentication-token',
      method: 'POST',
      path: '/oauth/token',
      isOpen: true,
      answer: (call) => tokens.grant(call),
    } as const satisfies Route,
  ];
  const server = await listen({ organization, routes, tokens, faults, log: (call) => calls.push(call) });
  return new Simulator({ url: server.url, calls, tokens, faults, organization, close: server.close });
}
