import * as z from 'zod';
import { FORBIDDEN, type Reply, refusal, v1Refusal } from '../model/reply.ts';

export const UNAUTHORIZED = refusal(401, { message: 'Unauthorized' });
export const RATE_LIMITED = refusal(429, { status: 429, message: 'API rate limit exceeded' });

/** Faults that replace the right answer. */
const ANSWERS = {
  'rate-limited': RATE_LIMITED,
  'server-error': refusal(500, { status: 500, message: 'Internal Server Error.' }),
  // From a proxy.
  'bad-gateway': refusal(
    502,
    '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
  ),
  unavailable: refusal(503, ''),
  'not-ready': refusal(425, { status: 425, code: 9004, message: 'Analytics are still being processed' }),
  'error-in-body': { ...v1Refusal(500, 'Internal Server Error.', 500), status: 200 },
  unauthorized: UNAUTHORIZED,
  // The other spelling of a bad token.
  'authentication-failed': v1Refusal(1200, 'Authentication failed'),
  // Without a code of Ocrolus, from a proxy.
  forbidden: FORBIDDEN,
} satisfies Record<string, Reply>;

/**
 * Faults that spoil the right answer on its way. `timeout`: never answered, the connection stays open; `truncated`: HTTP 200
 * with the first half of the body; `reset`: the connection breaks in the middle of it.
 */
const SPOILT = ['timeout', 'truncated', 'reset'] as const;

export type ApiFault = keyof typeof ANSWERS | (typeof SPOILT)[number];

export const API_FAULTS = [...(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[]), ...SPOILT];

/** When it goes wrong; everything has a default. */
export const FaultSettings = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  /** Start of the path. Default: every API call, but not the token endpoint. */
  path: z.string().startsWith('/').optional(),
  /** Goes away after so many calls; default: stays. */
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  /** `rate-limited` only: the answer has a `Retry-After`, which Ocrolus does not document. */
  retryAfterSeconds: z.int().min(0).optional(),
  /** `timeout` only: the connection breaks after so long; default: it stays open. */
  breaksAfterMs: z.int().min(0).optional(),
});
export type FaultSettings = z.infer<typeof FaultSettings>;

export interface FaultRule extends Omit<FaultSettings, 'path'> {
  readonly fault: ApiFault;
  readonly path?: string | RegExp | undefined;
}

export type Faults = ReturnType<typeof createFaults>;

/** The faults that are switched on. The first rule that matches decides. */
export function createFaults(random: () => number) {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    /** @returns a function that switches the fault off. */
    add(rule: FaultRule): () => void {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    /** Switches one kind off, or all. */
    clear(fault?: ApiFault): void {
      rules = rules.filter(({ rule }) => fault !== undefined && rule.fault !== fault);
    },
    /** Those that may still be chosen, and how often. */
    get active(): readonly { readonly rule: FaultRule; readonly left: number }[] {
      return rules.filter(({ left }) => left > 0);
    },
    /** Chooses the fault of a call, and counts it. */
    take(method: string, path: string): FaultRule | undefined {
      const entry = rules.find(
        ({ rule, left }) => left > 0 && matches(rule, method, path) && random() < (rule.probability ?? 1),
      );
      if (entry !== undefined) entry.left -= 1;
      return entry?.rule;
    },
  };
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false;
  if (rule.path === undefined) return path !== '/oauth/token';
  return typeof rule.path === 'string' ? path.startsWith(rule.path) : rule.path.test(path);
}

/** The answer of a fault that replaces the right one; `undefined` for one that spoils it on its way. */
export function answerOf({ fault }: Pick<FaultRule, 'fault'>): Reply | undefined {
  return fault in ANSWERS ? ANSWERS[fault as keyof typeof ANSWERS] : undefined;
}
