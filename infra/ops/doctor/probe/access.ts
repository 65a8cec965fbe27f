import { OcrolusAccess as Settings } from '../../../config/ocrolus.ts';
import type { OcrolusAccess } from '../../ocrolus-access.ts';
import type { Target } from '../../target.ts';

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
