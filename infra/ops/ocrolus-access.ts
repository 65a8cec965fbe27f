import type { OcrolusSettings } from '../../shared/ocrolus/settings.ts';
import { ApiCredentials } from '../../shared/ocrolus/settings.ts';

/** Addresses of an account's Ocrolus, and credentials for it. */
export interface OcrolusAccess {
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly tokenFormat: OcrolusSettings['OCROLUS_TOKEN_FORMAT'];
  readonly audience: string | undefined;
  /** `undefined` until the secret is filled in. */
  readonly credentials: ApiCredentials | undefined;
}

/** @param text of an account's credentials secret. */
export function readCredentials(text: string): ApiCredentials | undefined {
  try {
    const { clientId, clientSecret } = ApiCredentials.parse(JSON.parse(text));
    return clientId === '' || clientSecret === '' ? undefined : { clientId, clientSecret };
  } catch {
    return undefined;
  }
}
