import { createServer } from 'node:http';
import * as z from 'zod';
import { listen, type RunningServer, readBody } from '../http.ts';
import type { Secret, SecretStore } from './secrets.ts';

const Request = z.object({
  SecretId: z.string(),
  SecretString: z.string().optional(),
  ClientRequestToken: z.string().optional(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
  VersionStages: z.array(z.string()).optional(),
  MoveToVersionId: z.string().optional(),
});

type Request = z.infer<typeof Request>;

/** Starts a rotation of a secret. @returns the id of the version that is being created. */
export type StartRotation = (secret: Secret, token: string | undefined) => string;

/**
 * Serves Secrets Manager's JSON protocol: GetSecretValue, PutSecretValue, UpdateSecretVersionStage, DescribeSecret
 * and RotateSecret.
 */
export async function serveSecrets(store: SecretStore, startRotation: StartRotation): Promise<RunningServer> {
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => {
        const operation = String(request.headers['x-amz-target'] ?? '').replace('secretsmanager.', '');
        return answer(store, startRotation, operation, Request.parse(JSON.parse(body.toString('utf8'))));
      })
      .catch((error: unknown) => refusal('InvalidRequestException', String(error)))
      .then(({ status, document }) => {
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(document));
      });
  });
  return listen(server);
}

interface Answer {
  readonly status: number;
  readonly document: object;
}

function answer(
  store: SecretStore,
  startRotation: StartRotation,
  operation: string,
  request: Request,
): Answer {
  const secret = store.find(request.SecretId);
  if (secret === undefined) {
    return refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  switch (operation) {
    case 'GetSecretValue':
      return readValue(secret, request);
    case 'PutSecretValue': {
      const {
        SecretString = '',
        VersionStages: stages = ['AWSCURRENT'],
        ClientRequestToken: token,
      } = request;
      const { id } = store.put(secret.arn, SecretString, { stages, ...(token !== undefined && { token }) });
      return ok(secret, { VersionId: id, VersionStages: stages });
    }
    case 'UpdateSecretVersionStage':
      store.label(secret.arn, request.VersionStage ?? '', request.MoveToVersionId);
      return ok(secret, {});
    case 'DescribeSecret': {
      const stagesOf = [...secret.versions.keys()].map((id) => [id, labelsOf(secret, id)] as const);
      return ok(secret, {
        VersionIdsToStages: Object.fromEntries(stagesOf.filter(([, labels]) => labels.length > 0)),
      });
    }
    case 'RotateSecret':
      return ok(secret, { VersionId: startRotation(secret, request.ClientRequestToken) });
    default:
      return refusal('InvalidRequestException', `the local stack does not know ${operation}`);
  }
}

function readValue(secret: Secret, { VersionId, VersionStage = 'AWSCURRENT' }: Request): Answer {
  const version = secret.versions.get(VersionId ?? secret.stages.get(VersionStage) ?? '');
  if (version?.text === undefined) {
    return refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret value.");
  }
  return ok(secret, {
    VersionId: version.id,
    SecretString: version.text,
    VersionStages: labelsOf(secret, version.id),
    CreatedDate: version.createdAt.getTime() / 1000,
  });
}

function labelsOf({ stages }: Secret, versionId: string): string[] {
  return [...stages].flatMap(([label, id]) => (id === versionId ? [label] : []));
}

function ok(secret: Secret, more: object): Answer {
  return { status: 200, document: { ARN: secret.arn, Name: secret.name, ...more } };
}

function refusal(type: string, message: string): Answer {
  return { status: 400, document: { __type: type, Message: message } };
}
