import * as z from 'zod';

/**
 * Reads a function's settings from its environment, once, as a whole.
 *
 * @throws Error that names every invalid setting, without values: some are ARNs of secrets.
 */
export function readSettings<S extends z.ZodType>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
  throw new Error(`settings: ${faults.join('; ')}`);
}

/** A setting whose text is JSON of the given shape. */
export function jsonSetting<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** A comma-separated list; empty for none. */
export const listSetting = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);

export const booleanSetting = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A whole number in text form, within bounds. */
export function integerSetting(min: number, max: number) {
  return z.coerce.number().int().min(min).max(max);
}

/** A number in text form that may be a fraction, within bounds. */
export function numberSetting(min: number, max: number) {
  return z.coerce.number().min(min).max(max);
}

/** The settings of every function. */
export const commonSettings = {
  STAGE: z.string().min(1),
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
};
