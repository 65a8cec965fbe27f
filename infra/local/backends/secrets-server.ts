import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import * as z from 'zod';
import { type RunningServer, serveApp } from '../../running-stacks/loopback-server.ts';
import type { InvocationOutcome } from '../lambda/protocol.ts';
import type { LocalLog } from '../log.ts';
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

/**
 * Serves Secrets Manager's JSON protocol: GetSecretValue, PutSecretValue, UpdateSecretVersionStage, DescribeSecret
 * and RotateSecret.
 */
export async function serveSecrets(store: SecretStore, rotation: RotationOptions): Promise<RunningServer> {
  const app = new Hono();
  app.post('/', async ({ req, json }) => {
    const operation = (req.header('x-amz-target') ?? '').replace('secretsmanager.', '');
    const request = Request.parse(await req.json());
    const secret = store.find(request.SecretId);
    if (secret === undefined) throw new NotFound("Secrets Manager can't find the specified secret.");
    const answer = OPERATIONS[operation]?.(secret, request, store, rotation);
    if (answer === undefined) throw new Error(`the local stack does not know ${operation}`);
    return json({ ARN: secret.arn, Name: secret.name, ...answer });
  });
  app.onError((error, { json }) =>
    error instanceof NotFound
      ? json({ __type: 'ResourceNotFoundException', Message: error.message }, 400)
      : json({ __type: 'InvalidRequestException', Message: String(error) }, 400),
  );
  return serveApp(app);
}

class NotFound extends Error {}

type Operation = (secret: Secret, request: Request, store: SecretStore, rotation: RotationOptions) => object;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetSecretValue(secret, { VersionId, VersionStage = 'AWSCURRENT' }) {
    const wanted = VersionId ?? secret.stages[VersionStage];
    const version = secret.versions.find(({ id }) => id === wanted);
    if (version?.text === undefined) {
      throw new NotFound("Secrets Manager can't find the specified secret value.");
    }
    return {
      VersionId: version.id,
      SecretString: version.text,
      VersionStages: labelsOf(secret, version.id),
      CreatedDate: Date.parse(version.createdAt) / 1000,
    };
  },
  PutSecretValue({ arn }, { SecretString = '', VersionStages = ['AWSCURRENT'], ClientRequestToken }, store) {
    const token = ClientRequestToken ?? randomUUID();
    store.put(arn, SecretString, { stages: VersionStages, token });
    return { VersionId: token, VersionStages };
  },
  UpdateSecretVersionStage({ arn }, { VersionStage = '', MoveToVersionId }, store) {
    store.label(arn, VersionStage, MoveToVersionId);
    return {};
  },
  DescribeSecret(secret) {
    const stagesOf = secret.versions.map(({ id }) => [id, labelsOf(secret, id)] as const);
    return { VersionIdsToStages: Object.fromEntries(stagesOf.filter(([, labels]) => labels.length > 0)) };
  },
  RotateSecret: (secret, { ClientRequestToken: token = randomUUID() }, store, rotation) => {
    startRotation(secret, token, store, rotation);
    return { VersionId: token };
  },
};

function labelsOf({ stages }: Secret, versionId: string): string[] {
  return Object.entries(stages).flatMap(([label, id]) => (id === versionId ? [label] : []));
}

export interface RotationOptions {
  readonly invoke: (event: object) => Promise<InvocationOutcome>;
  readonly log: LocalLog;
}

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/**
 * Rotates a secret as Secrets Manager does: a pending version without value, then the steps of the rotation function,
 * until one fails. It continues in the background; callers read the versions to learn the result.
 *
 * @param token id of the pending version.
 * @throws Error while the version of another rotation is pending.
 */
function startRotation(
  secret: Secret,
  token: string,
  store: SecretStore,
  { invoke, log }: RotationOptions,
): void {
  const { AWSPENDING: pending, AWSCURRENT: current } = secret.stages;
  const isBusy = pending !== undefined && pending !== current && pending !== token;
  if (isBusy) throw new Error('A previous rotation isn’t complete.');
  if (secret.versions.every(({ id }) => id !== token))
    store.put(secret.arn, undefined, { stages: ['AWSPENDING'], token });
  void (async () => {
    for (const Step of STEPS) {
      const outcome = await invoke({ Step, SecretId: secret.arn, ClientRequestToken: token });
      if (outcome.ok) continue;
      log('rotation', `${Step} failed: ${outcome.error.errorMessage}`);
      return;
    }
  })();
}
