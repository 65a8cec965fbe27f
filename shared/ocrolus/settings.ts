import * as z from 'zod/mini';
import { jsonSetting, numberSetting } from '../settings.ts';

/** The settings of consumers and poller about Ocrolus. */
export const ocrolusSettings = {
  /** Account → the secret with its API credentials. */
  ACCOUNTS: jsonSetting(z.record(z.string(), z.object({ credentials: z.string() }))),
  OCROLUS_API_URL: z._default(z.url(), 'https://api.ocrolus.com'),
  OCROLUS_AUTH_URL: z._default(z.url(), 'https://auth.ocrolus.com'),
  OCROLUS_TOKEN_FORMAT: z._default(z.enum(['json', 'form', 'basic']), 'json'),
  OCROLUS_AUDIENCE: z.optional(z.string().check(z.minLength(1))),
  /** Of the whole organization (docs/ocrolus.md#rate-limit). */
  OCROLUS_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), 12),
  OCROLUS_HEAVY_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), 1),
};

const OcrolusSettings = z.object(ocrolusSettings);
export type OcrolusSettings = z.infer<typeof OcrolusSettings>;

/** The text of an account's credentials secret; empty until an operator sets it. */
export const ApiCredentials = z.object({ clientId: z.string(), clientSecret: z.string() });
