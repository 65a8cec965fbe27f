import * as z from 'zod/mini';
import { jsonSetting, numberSetting, OCROLUS_DEFAULTS } from '../settings.ts';

/**
 * Formats of the token request, in the order in which they are tried. `json` and `form` send the credentials in the body,
 * `basic` in the header (docs/ocrolus.md#token-request-format).
 */
export const TOKEN_FORMATS = ['json', 'form', 'basic'] as const;
export const TokenFormat = z.enum(TOKEN_FORMATS);
export type TokenFormat = z.infer<typeof TokenFormat>;

/** Settings of consumers and poller for Ocrolus. */
export const ocrolusSettings = {
  /** Maps each account to the secret with its API credentials. */
  ACCOUNTS: jsonSetting(z.record(z.string(), z.object({ credentials: z.string() }))),
  OCROLUS_API_URL: z._default(z.url(), OCROLUS_DEFAULTS.apiUrl),
  OCROLUS_AUTH_URL: z._default(z.url(), OCROLUS_DEFAULTS.authUrl),
  /** Absent: found out. */
  OCROLUS_TOKEN_FORMAT: z.optional(TokenFormat),
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
