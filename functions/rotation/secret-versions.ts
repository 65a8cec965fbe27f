import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { isNotFound, WebhookSecret } from '../../shared/secrets/webhook-secret.ts';

export type VersionStage = 'AWSCURRENT' | 'AWSPENDING';

/** A version of a secret. */
export interface Version {
  readonly id: string;
  readonly secret: WebhookSecret;
  readonly createdAt: Date;
}

/** The versions of one secret. */
export interface SecretVersions {
  /** @returns `undefined` when no version of that stage has a value. */
  read(stage: VersionStage): Promise<Version | undefined>;
  /** Adds a pending version. @param token its id, unless a version has that id already. */
  putPending(secret: WebhookSecret, token: string): Promise<void>;
  /** Makes a version current, and the current one previous. */
  makeCurrent(id: string, currentId: string): Promise<void>;
}

const client = new SecretsManagerClient({
  requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 1000 },
});

/** @throws the error of the SDK; Error for a text that is not a webhook secret. */
export function openVersions(SecretId: string): SecretVersions {
  return {
    async read(VersionStage) {
      try {
        const found = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
        if (found.SecretString === undefined || found.VersionId === undefined) return undefined;
        const secret = WebhookSecret.parse(JSON.parse(found.SecretString));
        return { id: found.VersionId, secret, createdAt: found.CreatedDate ?? new Date(0) };
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async putPending(secret, ClientRequestToken) {
      await client.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken,
          SecretString: JSON.stringify(secret),
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    async makeCurrent(MoveToVersionId, RemoveFromVersionId) {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId,
          RemoveFromVersionId,
        }),
      );
    },
  };
}
