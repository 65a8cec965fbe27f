import * as z from 'zod';
import type { SecretStore } from './backends/secrets.ts';
import type { FunctionDefinition } from './lambda/definition.ts';

/** ARNs of the secrets of one Ocrolus account. */
export interface AccountSecretArns {
  readonly webhookSecret?: string;
  readonly credentials?: string;
}

export type Accounts = Readonly<Record<string, AccountSecretArns>>;

const AccountsVariable = z.record(
  z.string(),
  z.object({ webhookSecret: z.string().optional(), credentials: z.string().optional() }),
);

/** Reads the accounts from the variable `ACCOUNTS` of all functions. */
export function readAccounts(functions: readonly FunctionDefinition[]): Accounts {
  const accounts: Record<string, { webhookSecret?: string; credentials?: string }> = {};
  for (const { variables } of functions) {
    const parsed = AccountsVariable.parse(JSON.parse(variables.ACCOUNTS ?? '{}'));
    for (const [name, { webhookSecret, credentials }] of Object.entries(parsed)) {
      accounts[name] = {
        ...accounts[name],
        ...(webhookSecret !== undefined && { webhookSecret }),
        ...(credentials !== undefined && { credentials }),
      };
    }
  }
  return accounts;
}

/** Sets the secrets as an operator does after a deployment: the credentials, and the webhook secret if one is given. */
export function fillAccounts(
  accounts: Accounts,
  secrets: SecretStore,
  values: {
    readonly webhookSecret?: string | undefined;
    readonly clientId: string;
    readonly clientSecret: string;
  },
): void {
  // An earlier run may have set the text: a new version would end the overlap of a rotation.
  const set = (arn: string, text: string) => {
    if (secrets.text(arn) !== text) secrets.put(arn, text);
  };
  for (const { webhookSecret, credentials } of Object.values(accounts)) {
    if (webhookSecret !== undefined && values.webhookSecret !== undefined) {
      const generated = secretObject(secrets, webhookSecret);
      set(webhookSecret, JSON.stringify({ ...generated, current: values.webhookSecret }));
    }
    if (credentials !== undefined) {
      const { clientId, clientSecret } = values;
      set(credentials, JSON.stringify({ clientId, clientSecret }));
    }
  }
}

/** The text of a secret as an object; empty when there is no such secret. */
export function secretObject(secrets: SecretStore, arn: string | undefined): Record<string, unknown> {
  const text = arn === undefined ? undefined : secrets.text(arn);
  return text === undefined ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
