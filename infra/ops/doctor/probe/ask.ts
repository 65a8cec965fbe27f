import { asFailure, Failure } from '../../../../shared/failure.ts';
import type { Call } from '../../../../shared/ocrolus/calls.ts';
import { createOcrolusClient, type Reply } from '../../../../shared/ocrolus/client.ts';
import { openNegotiation } from '../../../../shared/ocrolus/negotiated.ts';
import type { Receive } from '../../../../shared/ocrolus/read-answer.ts';
import type { TokenFormat } from '../../../../shared/ocrolus/settings.ts';
import { createTokenSource } from '../../../../shared/ocrolus/token.ts';
import type { NetworkPorts } from '../../../../shared/ports.ts';
import { createLocalRateLimiter } from '../../../../shared/rate-limit/local.ts';
import { OcrolusAccess as Settings } from '../../../config/ocrolus.ts';
import type { OcrolusAccess, Target } from '../../target/target.ts';

/** Rates well below the organization's limit, which running stages use too. */
const RATES = { perSecond: 2, heavyPerSecond: 0.5 };

const CALL_MS = 60_000;

/** Answer to a call, without its body. */
export interface ProbeAnswer {
  readonly kind: Reply['kind'] | 'failed';
  /** Ocrolus's code, or our own if it gave none; `null` for an answer without error. */
  readonly code: string | null;
  /** `null` if there was no answer. */
  readonly httpStatus: number | null;
  readonly milliseconds: number;
  readonly bytes: number | null;
  /** Number of rows per request that is accepted, of a call with a limit. */
  readonly rows?: number | undefined;
}

/** Reads a large body to its end, of which only the size is shown. */
const measure: Receive<{ readonly length: number }> = async (chunks) => {
  let length = 0;
  for await (const chunk of chunks) length += chunk.length;
  return { body: { length }, json: undefined };
};

export type ProbeClient = ReturnType<typeof openProbeClient>;

/** Opens a client that asks Ocrolus, one call at a time. */
export function openProbeClient(access: OcrolusAccess, ports: NetworkPorts) {
  const { apiUrl, authUrl, tokenFormat: format, audience, credentials } = access;
  const own = async () => {
    if (credentials === undefined) throw new Failure('refused', 'no-credentials');
    return credentials;
  };
  const negotiation = openNegotiation({ account: '', credentials: own });
  const tokens = createTokenSource({
    authUrl,
    credentials: own,
    format: format ?? negotiation,
    audience,
    ports,
  });
  let httpStatus: number | null = null;
  const client = createOcrolusClient({
    apiUrl,
    tokens,
    negotiation,
    limiter: createLocalRateLimiter({ ...RATES, now: ports.now, wait: ports.wait }),
    ports,
    onAnswer: (_operation, status) => {
      httpStatus = status;
    },
  });
  const deadline = () => ports.now() + CALL_MS;
  return {
    /** For calls whose answer must be read. */
    client,
    deadline,
    /** Gets a token. @returns the format that was accepted. @throws Failure */
    async token(): Promise<TokenFormat | undefined> {
      await tokens.get();
      return format ?? (await negotiation.get()).tokenFormat;
    },
    /** Never rejects. */
    async ask(call: Call): Promise<ProbeAnswer> {
      httpStatus = null;
      const startedAt = ports.now();
      const past = () => ports.now() - startedAt;
      try {
        const reply = await client.fetch(call, deadline(), measure);
        const milliseconds = past();
        if (reply.kind !== 'ok')
          return { kind: reply.kind, code: reply.code, httpStatus, milliseconds, bytes: null };
        const { body, limit: rows } = reply.answer;
        return { kind: 'ok', code: null, httpStatus, milliseconds, bytes: body.length, rows };
      } catch (error) {
        return { kind: 'failed', code: asFailure(error).code, httpStatus, milliseconds: past(), bytes: null };
      }
    },
  };
}

/**
 * Selects the Ocrolus for the probe: that of the stage; else, if the environment has credentials, the one that it
 * names; else that of the local stack.
 *
 * @param problem the reason for a missing target.
 * @throws Error
 */
export async function accessFor(
  target: Target | undefined,
  options: { readonly account: string; readonly stage: string | undefined; readonly problem: unknown },
  environment: NodeJS.ProcessEnv = process.env,
): Promise<OcrolusAccess> {
  const { account, stage, problem } = options;
  const { OCROLUS_CLIENT_ID: clientId = '', OCROLUS_CLIENT_SECRET: clientSecret = '' } = environment;
  if (stage === undefined && clientId !== '' && clientSecret !== '') {
    const { apiUrl, authUrl, tokenFormat, audience } = Settings.parse({});
    return {
      apiUrl: environment.OCROLUS_API_URL || apiUrl,
      authUrl: environment.OCROLUS_AUTH_URL || environment.OCROLUS_API_URL || authUrl,
      tokenFormat,
      audience,
      credentials: { clientId, clientSecret },
    };
  }
  if (target !== undefined) return target.ocrolus(account);
  const reason = problem instanceof Error ? problem.message : String(problem);
  throw new Error(
    stage === undefined ? `set OCROLUS_CLIENT_ID and OCROLUS_CLIENT_SECRET: ${reason}` : reason,
  );
}
