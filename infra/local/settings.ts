import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DEFAULT_DATA_DIR } from './data-dir.ts';

const Environment = z.object({
  OCROLUS_API_URL: z.url().optional(),
  OCROLUS_AUTH_URL: z.url().optional(),
  OCROLUS_CLIENT_ID: z.string().optional(),
  OCROLUS_CLIENT_SECRET: z.string().optional(),
  WEBHOOK_SECRET: z.string().min(16).max(128).optional(),
  POLL_SECONDS: z.coerce.number().positive().optional(),
  DYNAMODB_ENDPOINT: z.url().optional(),
});

const Port = z.coerce.number().int().min(0).max(65_535);

/** What the command line and the environment say about a local stack. */
export interface LocalSettings {
  readonly json: boolean;
  readonly once: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly simulator: boolean;
  readonly environment: z.infer<typeof Environment>;
}

/**
 * @throws Error that names every fault.
 */
export function readLocalSettings(args: readonly string[], environment: NodeJS.ProcessEnv): LocalSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      data: { type: 'string', default: DEFAULT_DATA_DIR },
      'no-simulator': { type: 'boolean', default: false },
    },
  });
  // An empty variable is how a shell says "not set".
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = z
    .object({ port: Port, environment: Environment })
    .safeParse({ port: values.port, environment: set });
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return {
    json: values.json,
    once: values.once,
    port: parsed.data.port,
    dataDir: resolve(values.data),
    // Another Ocrolus makes the simulator pointless.
    simulator: !values['no-simulator'] && parsed.data.environment.OCROLUS_API_URL === undefined,
    environment: parsed.data.environment,
  };
}
