import type { FunctionDefinition } from './lambda/definition.ts';

/** Differences between the environment on this machine and the template. */
export interface Overrides {
  /** URL to which Ocrolus posts, with `{account}` for the account. */
  readonly webhookUrl: string;
  readonly apiUrl?: string | undefined;
  readonly authUrl?: string | undefined;
  /** Environment variables that replace the template's, by function name; `*` is for all. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Limits the addresses to variables that the template sets for the function. */
export function overridesOf(
  { webhookUrl, apiUrl, authUrl, environment }: Overrides,
  name: string,
  { variables }: FunctionDefinition,
): Record<string, string> {
  return {
    ...(variables.WEBHOOK_URL !== undefined && { WEBHOOK_URL: webhookUrl }),
    ...(apiUrl !== undefined && variables.OCROLUS_API_URL !== undefined && { OCROLUS_API_URL: apiUrl }),
    ...(authUrl !== undefined && variables.OCROLUS_AUTH_URL !== undefined && { OCROLUS_AUTH_URL: authUrl }),
    ...environment['*'],
    ...environment[name],
  };
}
