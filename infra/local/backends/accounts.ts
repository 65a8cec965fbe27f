import * as z from 'zod';
import type { FunctionDefinition } from '../lambda/definition.ts';
import type { SecretStore } from './secrets.ts';

const SecretArns = z.object({ webhookSecret: z.string().optional(), credentials: z.string().optional() });

const AccountsVariable = z.record(z.string(), SecretArns);

export type Accounts = Readonly<z.infer<typeof AccountsVariable>>;

/** Reads the accounts from the variable `ACCOUNTS` of all functions, each of which may have one of the secrets. */
export function readAccounts(functions: readonly FunctionDefinition[]): Accounts {
  const accounts: Record<string, z.infer<typeof SecretArns>> = {};
  for (const { variables } of functions) {
    const parsed = AccountsVariable.parse(JSON.parse(variables.ACCOUNTS ?? '{}'));
    for (const [name, arns] of Object.entries(parsed)) accounts[name] = { ...accounts[name], ...arns };
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
