import { createServer } from 'node:http';
import * as z from 'zod';
import { listen, type RunningServer, readBody } from '../http.ts';
import type { Secret, SecretStore } from './secrets.ts';

const Request = z.object({
  SecretId: z.string(),
  SecretString: z.string().optional(),
  VersionStage: z.string().optional(),
});

/** Secrets Manager's JSON protocol: GetSecretValue, PutSecretValue and DescribeSecret. */
export async function serveSecrets(store: SecretStore): Promise<RunningServer> {
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => {
        const operation = String(request.headers['x-amz-target'] ?? '').replace('secretsmanager.', '');
        return answer(store, operation, Request.parse(JSON.parse(body.toString('utf8'))));
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

function answer(store: SecretStore, operation: string, request: z.infer<typeof Request>): Answer {
  const secret = store.find(request.SecretId);
  if (secret === undefined) {
    return refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  switch (operation) {
    case 'GetSecretValue':
      return readValue(secret, request.VersionStage ?? 'AWSCURRENT');
    case 'PutSecretValue': {
      const updated = store.put(secret.arn, request.SecretString ?? '');
      return ok(secret, { VersionId: updated.current.id, VersionStages: ['AWSCURRENT'] });
    }
    case 'DescribeSecret': {
      const stages = { [secret.current.id]: ['AWSCURRENT'] };
      if (secret.previous !== undefined) stages[secret.previous.id] = ['AWSPREVIOUS'];
      return ok(secret, { VersionIdsToStages: stages });
    }
    default:
      return refusal('InvalidRequestException', `the local stack does not know ${operation}`);
  }
}

function readValue(secret: Secret, stage: string): Answer {
  const version = stage === 'AWSPREVIOUS' ? secret.previous : secret.current;
  if (version === undefined) {
    return refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret value.");
  }
  return ok(secret, {
    VersionId: version.id,
    SecretString: version.text,
    VersionStages: [stage],
    CreatedDate: version.createdAt.getTime() / 1000,
  });
}

function ok(secret: Secret, more: object): Answer {
  return { status: 200, document: { ARN: secret.arn, Name: secret.name, ...more } };
}

function refusal(type: string, message: string): Answer {
  return { status: 400, document: { __type: type, Message: message } };
}
