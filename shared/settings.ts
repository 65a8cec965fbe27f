import * as z from 'zod/mini';

/**
 * Defaults that a stage's settings (`infra/config`) and the environment of a function share. The stack always sets the
 * variables, so a function uses these only where there is no stack, as in tests.
 */
export const OCROLUS_DEFAULTS = {
  apiUrl: 'https://api.ocrolus.com',
  authUrl: 'https://auth.ocrolus.com',
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

/**
 * Reads a function's settings from its environment, once, as a whole. Schemas of settings are written with `zod/mini`,
 * which starts faster (docs/decisions/0026).
 *
 * @throws Error that names every invalid setting, without values: some are ARNs of secrets.
 */
export function readSettings<S extends z.ZodMiniType>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  // Settings are read once: compiling a parser would take longer than parsing without one.
  const parsed = schema.safeParse(environment, { jitless: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${reasonOf(issue)}`);
  throw new Error(`settings: ${faults.join('; ')}`);
}

/** Describes a fault without the value. `zod/mini` has no texts, but a code such as `too_small`. */
function reasonOf({ code, message }: z.core.$ZodIssue): string {
  return code === 'custom' ? message : code.replaceAll('_', ' ');
}

/** A setting whose text is JSON of the given schema. */
export function jsonSetting<S extends z.core.$ZodType>(schema: S) {
  return z.pipe(
    z.string(),
    z.pipe(
      z.transform((text: string, context): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          context.issues.push({ code: 'custom', message: 'not JSON', input: text });
          return z.NEVER;
        }
      }),
      schema,
    ),
  );
}

/** A comma-separated list; empty for none. */
export const listSetting = z.pipe(
  z.string(),
  z.transform((text: string) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
);

export const booleanSetting = z.pipe(
  z.enum(['true', 'false']),
  z.transform((text: 'true' | 'false') => text === 'true'),
);

/** A whole number in text form, within bounds. */
export function integerSetting(min: number, max: number) {
  return z.coerce.number<string>().check(z.int(), z.minimum(min), z.maximum(max));
}

/** A number in text form that may be a fraction, within bounds. */
export function numberSetting(min: number, max: number) {
  return z.coerce.number<string>().check(z.minimum(min), z.maximum(max));
}

/** The settings of every function. */
export const commonSettings = {
  STAGE: z.string().check(z.minLength(1)),
  LOG_LEVEL: z._default(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
};
