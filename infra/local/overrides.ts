import type { FunctionDefinition } from './lambda/definition.ts';

/** What differs on this machine from what the template says. */
export interface Overrides {
  /** Where Ocrolus posts to, `{account}` standing for the account. */
  readonly webhookUrl: string;
  readonly apiUrl?: string | undefined;
  readonly authUrl?: string | undefined;
  /** Environment variables over the template's, by function name; `*` is for all. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Only variables that the template sets for the function, too: the others are of no use to it. */
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
