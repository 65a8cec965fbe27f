import * as z from 'zod';

export function whole(least: number, most: number) {
  return z.int().min(least).max(most);
}

/** {@link whole} with a default. */
export function wholeOr(byDefault: number, least: number, most: number) {
  return whole(least, most).default(byDefault);
}

export function decimal(least: number, most: number) {
  return z.number().min(least).max(most);
}

export function flag(byDefault: boolean) {
  return z.boolean().default(byDefault);
}

/** @param rule for people who see the fault: `must be …`. */
export function matching(pattern: RegExp, rule: string) {
  return z.string().regex(pattern, rule);
}
