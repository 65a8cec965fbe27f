import * as z from 'zod';
import { openClients } from '../../running-stacks/clients.ts';
import { DEFAULT_DATA_DIR } from '../../running-stacks/data-dir.ts';
import { locateStack } from '../../running-stacks/registry.ts';
import { openLocalLogs } from '../logs/local-logs.ts';
import { readLocalMetrics } from '../metrics/values.ts';
import { readLocalAges } from '../queues/ages.ts';
import { POLL_NOW, readCredentials, type Target } from './target.ts';

const Secrets = z.record(
  z.string(),
  z.object({ webhookSecret: z.looseObject({ current: z.string() }), credentials: z.unknown() }),
);

const Outcome = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), payload: z.string() }),
  z.object({ ok: z.literal(false), error: z.object({ errorMessage: z.string() }) }),
]);

/**
 * Opens the stack that runs in a folder, or the only running one. Standard error names the folder if it is not the
 * default one.
 *
 * @throws Error if none runs; UsageError if several do.
 */
export async function openLocalTarget(data?: string): Promise<Target> {
  const { dataDir, stack } = await locateStack(data);
  if (data === undefined && dataDir !== DEFAULT_DATA_DIR) {
    process.stderr.write(`using the local stack in ${dataDir}\n`);
  }
  const { control, dynamodb, s3, sqs } = stack;
  const endpoints = { dynamodb: dynamodb.endpoint, s3: s3.endpoint, sqs: sqs.endpoint };
  const ask: Target['simulate'] = async (method, path, body) => {
    const headers = { authorization: `Bearer ${control.token}` };
    const answer = await fetch(new URL(path, control.url), {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the local stack answered ${answer.status}${await reasonOf(answer)}`);
    return answer.json();
  };
  const secretsOf = async (account: string) => {
    const secrets = Secrets.parse(await ask('GET', '/secrets'))[account];
    if (secrets === undefined) throw new Error(`the stack has no account ${account}`);
    return secrets;
  };
  const logs = openLocalLogs(dataDir);
  return {
    ...openClients({ endpoints, table: dynamodb.table, bucket: s3.bucket }),
    queues: sqs.queues,
    webhookUrl: (account) => stack.webhookUrl.replace(/[^/]+$/, encodeURIComponent(account)),
    accounts: async () => Object.keys(Secrets.parse(await ask('GET', '/secrets'))),
    async ocrolus(account) {
      const { credentials } = await secretsOf(account);
      return {
        apiUrl: stack.ocrolusUrl,
        authUrl: process.env.OCROLUS_AUTH_URL || stack.ocrolusUrl,
        tokenFormat: undefined,
        audience: undefined,
        credentials: readCredentials(JSON.stringify(credentials) ?? ''),
      };
    },
    webhookSecret: async (account) => (await secretsOf(account)).webhookSecret.current,
    poll: async () => answerOf('the poller', await ask('POST', '/poll', POLL_NOW)),
    simulate: (method, path, body) => ask(method, `/ocrolus${path}`, body),
    protect: async () => {
      throw new Error('the local stack has no protection: name a deployed stage with --stage');
    },
    invoke: async (name, event) => answerOf(name, await ask('POST', '/invoke', { function: name, event })),
    logs,
    metrics: (series, range) => readLocalMetrics(logs, series, range),
    queueAges: () => readLocalAges(sqs.queues, sqs.endpoint, Date.now()),
    setConsuming: async (channel, isOn) => void (await ask('POST', '/consuming', { channel, isOn })),
    pausedChannels: async () => z.array(z.string()).parse(await ask('GET', '/paused')),
    alarms: async () => undefined,
    ledgerIndexedSince: async () => undefined,
    pollSeconds: stack.pollSeconds,
  };
}

const Refusal = z.object({ error: z.string() });

/** Reason for a refusal, in one line. */
async function reasonOf(answer: Response): Promise<string> {
  const refusal = Refusal.safeParse(await answer.json().catch(() => undefined));
  return refusal.success ? `: ${refusal.data.error.replaceAll(/\s+/g, ' ')}` : '';
}

/** @throws Error if the function failed. */
function answerOf(functionName: string, answer: unknown): unknown {
  const outcome = Outcome.parse(answer);
  if (!outcome.ok) throw new Error(`${functionName} failed: ${outcome.error.errorMessage}`);
  return JSON.parse(outcome.payload) as unknown;
}
