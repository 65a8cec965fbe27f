import type { SimulatorOptions } from '../../../../infra/local/ocrolus/options.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { createOcrolusClient, type OcrolusClient } from '../../../../shared/ocrolus/client.ts';
import { createTokenSource } from '../../../../shared/ocrolus/token.ts';
import { openNetworkPorts } from '../../../../shared/ports.ts';

/** A simulated Ocrolus, and the client of its account; no call waits, and none is limited. */
export async function startWithClient(
  send: typeof fetch = fetch,
  options: Partial<SimulatorOptions> = {},
): Promise<{ readonly simulator: Simulator; readonly client: OcrolusClient }> {
  const simulator = await startSimulator({ requestsPerSecond: 1e6, ...options });
  const ports = { ...openNetworkPorts(), wait: async () => {} };
  const client = createOcrolusClient({
    apiUrl: simulator.url,
    tokens: createTokenSource({
      authUrl: simulator.url,
      credentials: async () => ({ clientId: 'simulator-client', clientSecret: 'simulator-client-secret' }),
      format: 'json',
      ports,
    }),
    limiter: { take: async () => {}, pause: async () => {} },
    ports: { ...ports, fetch: send },
  });
  return { simulator, client };
}
