import { claimDataDir } from '../../../../infra/local/claim.ts';
import { serveControl } from '../../../../infra/local/control.ts';
import type { Control, StackFile } from '../../../../infra/running-stacks/data-dir.ts';
import { newToken, type RunningServer } from '../../../../infra/running-stacks/loopback-server.ts';

/** Document that a stack of this process would announce. */
export const documentOf = (control: Control): StackFile => ({
  ready: true,
  pid: process.pid,
  webhookUrl: 'http://127.0.0.1:1/webhooks/default',
  webhookSecret: 'secret',
  ocrolusUrl: 'http://127.0.0.1:2',
  consoleUrl: null,
  dynamodb: { endpoint: 'http://127.0.0.1:3', table: 'books' },
  sqs: { endpoint: 'http://127.0.0.1:4', queues: { lifecycle: { url: 'u', dlqUrl: null } } },
  control,
  region: 'us-east-1',
  s3: { endpoint: 'http://127.0.0.1:4', bucket: 'bodies' },
  secretsManager: { endpoint: 'http://127.0.0.1:5' },
});

/** Announces a stack of this process in a folder. @returns its control endpoint. */
export async function announceStack(dataDir: string): Promise<RunningServer> {
  const token = newToken();
  const server = await serveControl(token, () => ({}));
  const control = { url: server.url, token };
  await (await claimDataDir(dataDir, control)).announce(documentOf(control));
  return server;
}
