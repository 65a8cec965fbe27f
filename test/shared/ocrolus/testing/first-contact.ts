import * as z from 'zod/mini';
import type { SimulatorOptions } from '../../../../infra/local/ocrolus/options.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { openAccounts } from '../../../../shared/ocrolus/accounts.ts';
import type { OcrolusClient } from '../../../../shared/ocrolus/client.ts';
import { ocrolusSettings } from '../../../../shared/ocrolus/settings.ts';
import { openNetworkPorts } from '../../../../shared/ports.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { createMetrics } from '../../../../shared/telemetry/metrics.ts';

export const RIGHT = { clientId: 'simulator-client', clientSecret: 'simulator-client-secret' };

interface ProcessOptions {
  readonly table?: Table;
  /** Text of the secret. */
  readonly credentials?: () => typeof RIGHT;
  readonly tokenFormat?: string;
  readonly now?: () => number;
  readonly send?: typeof fetch;
}

/** The client of the only account of a process that asks a simulated Ocrolus; no call waits, and none is limited. */
export function startProcess(simulator: Simulator, options: ProcessOptions = {}): OcrolusClient {
  const { table, credentials = () => RIGHT, tokenFormat, now = Date.now, send = fetch } = options;
  const settings = z.object(ocrolusSettings).parse({
    ACCOUNTS: '{"default":{"credentials":"arn"}}',
    OCROLUS_API_URL: simulator.url,
    OCROLUS_AUTH_URL: simulator.url,
    ...(tokenFormat !== undefined && { OCROLUS_TOKEN_FORMAT: tokenFormat }),
  });
  return openAccounts(settings, {
    limiter: { take: async () => {}, pause: async () => {} },
    metrics: createMetrics({ stage: 'test', write: () => {} }),
    ports: {
      ...openNetworkPorts(),
      now,
      wait: async () => {},
      fetch: send,
      secret: async () => JSON.stringify(credentials()),
      ...(table !== undefined && { table }),
    },
  }).client('default');
}

/** A simulated Ocrolus, and such a client of its account. */
export async function startWithClient(send: typeof fetch = fetch, options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ requestsPerSecond: 1e6, ...options });
  return { simulator, client: startProcess(simulator, { send }) };
}

/** HTTP statuses of the answers to token requests since the last call. */
export function tokenAnswers(simulator: Simulator) {
  let seen = 0;
  return () => {
    const asked = simulator.calls.filter(({ path }) => path === '/oauth/token').slice(seen);
    seen += asked.length;
    return asked.map(({ status }) => status);
  };
}
