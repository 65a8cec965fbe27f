import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

let client: SecretsManagerClient | undefined;

/**
 * Reads the current text of a secret. Gives up after about two seconds: Ocrolus waits five (ocrolus section 6).
 *
 * @throws what the SDK throws, and Error when the secret has no text.
 */
export async function readSecretText(secretArn: string): Promise<string> {
  client ??= new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1000, connectionTimeout: 500 },
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (SecretString === undefined) throw new Error('secret has no text');
  return SecretString;
}
