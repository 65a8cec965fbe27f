import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { OWN_PARTITIONS } from '../events/ids.ts';
import type { Ports } from '../ports.ts';
import { type ApiCredentials, TokenFormat } from './settings.ts';

/** What is known of what an account accepts, where Ocrolus's documents disagree or are silent. */
export interface Negotiated {
  /** Format of the last token request that was accepted (docs/ocrolus.md#token-request-format). */
  readonly tokenFormat?: TokenFormat | undefined;
  /** Rows per request, by operation, where Ocrolus refuses as many as we would like (docs/ocrolus.md#page-sizes). */
  readonly rows?: Readonly<Record<string, number>> | undefined;
}

/** Keeps what was found out about an account by trying. Neither method rejects. */
export interface Negotiation {
  get(): Promise<Negotiated>;
  set(found: Negotiated): Promise<void>;
}

const Stored = z.object({
  client: z.string(),
  tokenFormat: z.optional(TokenFormat),
  rows: z.optional(z.record(z.string(), z.int().check(z.positive()))),
});

/**
 * Opens what is known about an account: in this process, and with a table, for all others. It is forgotten when the
 * credentials are those of another client. With another secret of the same client it stays, so nothing that is stored
 * depends on the secret; what is no longer accepted is negotiated again anyway.
 */
export function openNegotiation(options: {
  readonly account: string;
  readonly credentials: () => Promise<ApiCredentials>;
  readonly table?: Pick<Ports['table'], 'get' | 'put'> | undefined;
}): Negotiation {
  const { account, credentials, table } = options;
  const key = { bookId: OWN_PARTITIONS.poller, item: `NEGOTIATED#${account}` };
  let known: z.infer<typeof Stored> | undefined;

  const get = async () => {
    const own = await credentials().catch(() => undefined);
    if (own === undefined) return undefined;
    const client = hash('sha256', own.clientId, 'base64url').slice(0, 8);
    if (known?.client !== client) {
      // Without the table, each process finds out by itself.
      const stored = Stored.safeParse(await table?.get(key).catch(() => undefined)).data;
      // Something may have been found out meanwhile.
      if (known?.client !== client) known = stored?.client === client ? stored : { client };
    }
    return known;
  };
  return {
    get: async () => (await get()) ?? {},
    async set(found) {
      const before = await get();
      if (before === undefined || isDeepStrictEqual(before, { ...before, ...found })) return;
      known = { ...before, ...found };
      await table?.put({ ...known, ...key }).catch(() => undefined);
    },
  };
}
