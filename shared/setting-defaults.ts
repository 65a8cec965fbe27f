/**
 * Defaults that a stage's settings (`infra/config`) and the environment of a function share. The stack always sets the
 * variables, so a function uses these only where there is no stack, as in tests.
 */
export const OCROLUS_DEFAULTS = {
  apiUrl: 'https://api.ocrolus.com',
  authUrl: 'https://auth.ocrolus.com',
  tokenFormat: 'json',
  // Ocrolus allows the organization 20 (docs/ocrolus.md#rate-limit): the rest is left to its own uploads.
  requestsPerSecond: 12,
  heavyRequestsPerSecond: 1,
} as const;

export const POLL_DEFAULTS = {
  minSeconds: 300,
  maxSeconds: 21_600,
  // Ocrolus tries a delivery for about ten minutes (docs/ocrolus.md#retries).
  graceSeconds: 600,
  horizonDays: 30,
  requestsPerSecond: 5,
  discover: true,
  quickRetrySeconds: [3, 15],
  overdueHours: 24,
} as const;

export const LEDGER_DAYS = 180;

export const REGISTRATION_DEFAULTS = {
  authentication: 'signature',
  level: 'account',
  encoding: 'multipart',
  test: 'require',
  overlapMinutes: 30,
} as const;
