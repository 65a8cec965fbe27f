import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import type { Context, Handler } from 'aws-lambda';
import * as z from 'zod/mini';
import { isOfCloudFormation } from '../../shared/custom-resource/request.ts';
import { openAccounts } from '../../shared/ocrolus/accounts.ts';
import type { Level } from '../../shared/ocrolus/webhooks/level.ts';
import { openLevel } from '../../shared/ocrolus/webhooks/open-level.ts';
import { openNetworkPorts } from '../../shared/ports.ts';
import { createLocalRateLimiter } from '../../shared/rate-limit/local.ts';
import { readSecretDate, readSecretText } from '../../shared/secrets/secrets-manager.ts';
import { WebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import { readSettings } from '../../shared/settings.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { createMetrics, withMetrics } from '../../shared/telemetry/metrics.ts';
import { onRequest, recordSecretAge } from './by-request.ts';
import { onCloudFormationEvent, testWindow } from './cloud-formation.ts';
import { Check, CloudFormationEvent, OwnSecrets, Request } from './events.ts';
import { type Ping, probe } from './probe.ts';
import { RegistrationSettings, registrationOf } from './registration.ts';
import { trySecret } from './try-secret.ts';

/** A few calls a day, far below what consumers and poller may use. */
const PER_SECOND = 5;
/** Time for a request by hand or by schedule, which does not wait for an ingress that is being created. */
const REQUEST_MS = 100_000;
/** Reserved for the answer to CloudFormation. */
const MARGIN_MS = 20_000;

/** Time for a cold start in a VPC, and for the ping. */
const PROBE_MS = 15_000;

const ProbeAnswer = z.object({ status: z.int() });

/** For clients of AWS, each of which makes one request. */
const CLIENT = {
  requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 1000 },
};

let dependencies: ReturnType<typeof openDependencies> | undefined;

/**
 * Keeps the registration at Ocrolus as desired: for CloudFormation, for `ops`, and daily to detect drift. Also signs the
 * pings with which a stage probes its way in, because only this function and the rotation know signing secrets and AWS.
 */
export const handler: Handler<unknown, unknown> = (event, context) => {
  dependencies ??= openDependencies();
  const opened = dependencies;
  return withMetrics(opened.metrics, () => handle(event, context, opened));
};

async function handle(
  event: unknown,
  context: Context,
  dependencies: ReturnType<typeof openDependencies>,
): Promise<unknown> {
  const started = Date.now();
  const timeout = started + context.getRemainingTimeInMillis() - MARGIN_MS;
  const fromCloudFormation = CloudFormationEvent.safeParse(event);
  if (fromCloudFormation.success) {
    if (!dependencies.isLocal && !isOfCloudFormation(fromCloudFormation.data.ResponseURL))
      throw new Error('the request is not of CloudFormation');
    const { RequestType, ResourceProperties } = fromCloudFormation.data;
    // Any other request is about an account of the settings.
    const own = RequestType === 'Delete' ? OwnSecrets.safeParse(ResourceProperties).data : undefined;
    const known = own === undefined ? dependencies : openDependencies({ [own.account]: own });
    const { testUntil, repeatTestUntil, isLonger } = testWindow(fromCloudFormation.data, started, timeout);
    const next = () => handOver(context.invokedFunctionArn, { ...fromCloudFormation.data, testUntil });
    const more = { repeatTestUntil, ...(isLonger && { handOver: next }) };
    return onCloudFormationEvent(fromCloudFormation.data, { ...known, ...more }, timeout);
  }
  const deadline = Math.min(timeout, Date.now() + REQUEST_MS);
  const request = Check.safeParse(event).success ? { action: 'check' as const } : Request.parse(event);
  if (request.action === 'probe') return probe(dependencies.accounts, dependencies);
  if (request.action === 'check') {
    await recordSecretAge(dependencies.webhookSecrets, readSecretDate, dependencies.metrics, Date.now());
  }
  return onRequest(request, dependencies.registrations, dependencies, deadline);
}

/** @param more accounts besides those of the settings. */
function openDependencies(more: RegistrationSettings['ACCOUNTS'] = {}) {
  const read = readSettings(RegistrationSettings);
  const settings = { ...read, ACCOUNTS: { ...read.ACCOUNTS, ...more } };
  const metrics = createMetrics({ stage: settings.STAGE });
  const ports = openNetworkPorts();
  const limiter = createLocalRateLimiter({ perSecond: PER_SECOND, heavyPerSecond: PER_SECOND, ...ports });
  const accounts = openAccounts(settings, { limiter, metrics, ports });
  return {
    accounts: Object.keys(settings.ACCOUNTS),
    webhookSecrets: Object.values(settings.ACCOUNTS).map(({ webhookSecret }) => webhookSecret),
    registrations: Object.keys(settings.ACCOUNTS).map((account) => registrationOf(account, settings)),
    openLevel: (account: string, level: Level, deadline: number) =>
      openLevel(level, accounts.client(account), settings.REGISTRATION_ENCODING, deadline),
    readSecret: async (account: string) => {
      const arn = settings.ACCOUNTS[account]?.webhookSecret;
      if (arn === undefined) throw new Error(`there is no account ${account}`);
      return WebhookSecret.parse(JSON.parse(await readSecretText(arn)));
    },
    trySecret: (url: string, secret: WebhookSecret) =>
      trySecret(url, secret, settings.WEBHOOK_AUTHENTICATION),
    authentication: settings.WEBHOOK_AUTHENTICATION,
    post: (ping: Ping) => postThrough(settings.PROBE_FUNCTION, ping),
    stackStatus,
    // Only the local stack has an Ocrolus without encryption.
    isLocal: settings.OCROLUS_API_URL.startsWith('http:'),
    test: settings.REGISTRATION_TEST,
    now: ports.now,
    wait: ports.wait,
    log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE } }),
    metrics,
  };
}

/** The status of this function's own stack; `undefined` for another one, and if CloudFormation does not say. */
async function stackStatus(StackName: string): Promise<string | undefined> {
  const client = new CloudFormationClient(CLIENT);
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return stack?.StackStatus;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

/** Has the function in the VPC post a ping. @returns the status of the answer. @throws if there was none. */
async function postThrough(FunctionName: string | undefined, ping: Ping): Promise<number> {
  const { Payload, FunctionError } = await invoke({ FunctionName, Payload: JSON.stringify(ping) }, PROBE_MS);
  const answer = ProbeAnswer.safeParse(JSON.parse(Payload?.transformToString() ?? 'null'));
  if (FunctionError !== undefined || !answer.success) throw new Error('no answer to the ping');
  return answer.data.status;
}

/**
 * Starts another invocation of a function, without waiting for it.
 *
 * @throws the error of the SDK; then nothing was started.
 */
async function handOver(functionArn: string, event: object): Promise<void> {
  await invoke({ FunctionName: functionArn, InvocationType: 'Event', Payload: JSON.stringify(event) });
}

/** @param requestTimeout in milliseconds. @throws the error of the SDK. */
async function invoke(input: InvokeCommandInput, requestTimeout = CLIENT.requestHandler.requestTimeout) {
  const client = new LambdaClient({ requestHandler: { ...CLIENT.requestHandler, requestTimeout } });
  try {
    return await client.send(new InvokeCommand(input));
  } finally {
    client.destroy();
  }
}
