import * as z from 'zod/mini';
import { jsonSetting, numberSetting, OCROLUS_DEFAULTS } from '../settings.ts';

/** Settings of consumers and poller for Ocrolus. */
export const ocrolusSettings = {
  /** Maps each account to the secret with its API credentials. */
  ACCOUNTS: jsonSetting(z.record(z.string(), z.object({ credentials: z.string() }))),
  OCROLUS_API_URL: z._default(z.url(), OCROLUS_DEFAULTS.apiUrl),
  OCROLUS_AUTH_URL: z._default(z.url(), OCROLUS_DEFAULTS.authUrl),
  OCROLUS_TOKEN_FORMAT: z._default(z.enum(['json', 'form', 'basic']), OCROLUS_DEFAULTS.tokenFormat),
  OCROLUS_AUDIENCE: z.optional(z.string().check(z.minLength(1))),
  /** For the whole organization (docs/ocrolus.md#rate-limit). */
  OCROLUS_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), OCROLUS_DEFAULTS.requestsPerSecond),
  OCROLUS_HEAVY_REQUESTS_PER_SECOND: z._default(
    numberSetting(0.1, 10_000),
    OCROLUS_DEFAULTS.heavyRequestsPerSecond,
  ),
};

const OcrolusSettings = z.object(ocrolusSettings);
export type OcrolusSettings = z.infer<typeof OcrolusSettings>;

/** Text of an account's credentials secret, which is empty until an operator sets it. */
export const ApiCredentials = z.object({ clientId: z.string(), clientSecret: z.string() });
export type ApiCredentials = z.infer<typeof ApiCredentials>;
