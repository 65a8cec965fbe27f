import type { Control, StackFile } from '../../../../infra/local/data-dir.ts';

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
