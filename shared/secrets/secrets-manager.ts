import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

let client: SecretsManagerClient | undefined;

/**
 * Reads the text of a secret, by default of its current version. Gives up after about two seconds, since Ocrolus
 * waits five (docs/ocrolus.md#response-time).
 *
 * @throws the error of the SDK, and Error when the secret has no text.
 */
export async function readSecretText(
  secretArn: string,
  stage: 'AWSCURRENT' | 'AWSPENDING' = 'AWSCURRENT',
): Promise<string> {
  const { SecretString } = await readVersion(secretArn, stage);
  if (SecretString === undefined) throw new Error('secret has no text');
  return SecretString;
}

/** Creation time of the current version of a secret. @throws as `readSecretText`. */
export async function readSecretDate(secretArn: string): Promise<Date> {
  const { CreatedDate } = await readVersion(secretArn, 'AWSCURRENT');
  if (CreatedDate === undefined) throw new Error('secret has no date');
  return CreatedDate;
}

function readVersion(secretArn: string, stage: string) {
  client ??= new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1000, throwOnRequestTimeout: true, connectionTimeout: 500 },
  });
  return client.send(new GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage }));
}
