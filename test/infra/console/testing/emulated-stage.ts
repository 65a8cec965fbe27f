import { afterAll, beforeAll, vi } from 'vitest';
import { newBook, updateBook } from '../../../../shared/store/books.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { type Received, startHttpServer } from '../../ops/http-server.ts';
import { awsEnvironment, describedResource, describedStack } from '../../ops/testing/aws.ts';
import { useStack } from '../../ops/testing/stack.ts';

export const CHANNELS = ['book-verified', 'doc-verified'] as const;
const INTAKE = 'ocrolus-prod-intake';
const SINCE = '2020-01-01T00:00:00Z';

export const BOOK = '11111111-1111-4111-8111-111111111111';
export const OTHER = '22222222-2222-4222-8222-222222222222';

/** ISO 8601. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** Writes a book with a missing result, one without, and three deliveries: new, failed, and two hours old. */
export async function fillStage({ table, past }: ReturnType<typeof useStack>): Promise<void> {
  const writer = { account: 'default', source: 'webhook', now: Date.now() } as const;
  await updateBook(table, BOOK, () => ({
    ...newBook(BOOK, { bookUuid: BOOK, bookPk: '77', name: 'Loan of Jane Roe' }, writer),
    status: 'VERIFIED',
    complete: false,
    open: ['summary'],
  }));
  await updateBook(table, OTHER, () => ({
    ...newBook(OTHER, { bookUuid: OTHER }, writer),
    status: 'VERIFIED',
    complete: true,
    open: [],
  }));
  const received = (deliveryId: string, minutes: number, bookUuid: string) =>
    delivery('BOOK_VERIFIED', { bookUuid }, { deliveryId, receivedAt: ago(minutes) });
  await past(received('new', 5, BOOK));
  await past(received('failed', 10, OTHER), { code: 'http-500' });
  await past(received('old', 120, BOOK), { outcome: 'unchanged' });
}

/**
 * The stage `prod`, as the SDK finds it by the environment: one server that passes requests to DynamoDB and SQS on to the
 * emulators, answers the others itself, and remembers every operation.
 */
export function useEmulatedStage() {
  const stack = useStack(...CHANNELS);
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  /** Operations that are denied, with a text that no page may show. */
  const denied = new Set<string>();
  let alarms: object[] = [];
  let paused: string | undefined;
  /** Origin of the queues' own addresses. */
  let queues = '';

  const onServer = (url: string) => `${server.url}${new URL(url).pathname}`;
  const outputs = () => {
    const made = CHANNELS.map((channel) => [channel, stack.urls(channel)] as const);
    queues = new URL(stack.urls().url).origin;
    const byName = (value: object) => JSON.stringify(value);
    return {
      TableName: stack.table.name,
      BucketName: 'bodies',
      WebhookUrls: byName({ default: 'https://hooks.example/webhooks/default' }),
      QueueUrls: byName(Object.fromEntries(made.map(([name, { url }]) => [name, onServer(url)]))),
      DeadLetterQueueUrls: byName(
        Object.fromEntries(made.map(([name, { dlqUrl }]) => [name, onServer(dlqUrl)])),
      ),
      FunctionNames: byName({ poller: 'poller-1', registration: 'registration-1' }),
      WebhookSecretArns: byName({ default: 'arn:secret' }),
      CredentialsSecretArns: byName({ default: 'arn:credentials' }),
      LogGroupNames: byName({ webhook: '/webhook', 'book-verified': '/book-verified' }),
      EventSourceMappingIds: byName(Object.fromEntries(CHANNELS.map((name) => [name, `mapping-${name}`]))),
      LedgerIndexId: 'LedgerIndex',
    };
  };

  const passOn = async (endpoint: string, { method = 'POST', path = '/', headers, body }: Received) => {
    const kept = ['content-type', 'x-amz-target', 'authorization', 'x-amz-date', 'x-amz-content-sha256'];
    const answer = await fetch(new URL(path, endpoint), {
      method,
      headers: Object.fromEntries(
        kept.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])),
      ),
      body: body.toString(),
    });
    return { status: answer.status, body: await answer.text() };
  };
  const json = (value: object) => ({ status: 200, body: JSON.stringify(value) });

  const answer = async (request: Received) => {
    const operation = operationOf(request);
    if (denied.has(operation)) return refusal(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('DynamoDB')) {
      const { hostname, port, protocol } = (await stack.table.client.config.endpoint?.()) ?? {};
      return passOn(`${protocol}//${hostname}:${port}`, request);
    }
    if (target.startsWith('AmazonSQS')) return passOn(stack.endpoint, withOriginalUrl(request));
    switch (operation) {
      case 'DescribeStacks':
        return describedStack(outputs());
      case 'DescribeStackResource':
        return describedResource(SINCE);
      case 'DescribeAlarms': {
        const { ChildrenOfAlarmName, AlarmNames = [] } = JSON.parse(request.body.toString());
        const isAsked = ({ AlarmName }: { AlarmName?: string }) =>
          ChildrenOfAlarmName === undefined ? AlarmNames.includes(AlarmName) : ChildrenOfAlarmName === INTAKE;
        return json({ MetricAlarms: alarms.filter(isAsked), CompositeAlarms: [] });
      }
      case 'GetMetricData':
        return json({ MetricDataResults: [] });
      case 'FilterLogEvents':
        return json({ events: [] });
      case 'GetSecretValue':
        return json({ SecretString: '{"current":"secret-1","clientId":"id","clientSecret":"secret-2"}' });
      case 'GetEventSourceMapping':
        return json({ State: request.path?.endsWith(`mapping-${paused}`) ? 'Disabled' : 'Enabled' });
      case 'Invoke':
        return json([]);
      default:
        throw new Error(`the emulated stage has no answer to ${operation}`);
    }
  };
  /** fauxqs knows a queue by the address that it gave it. */
  const withOriginalUrl = (request: Received): Received => ({
    ...request,
    body: Buffer.from(request.body.toString().replaceAll(server.url, queues)),
  });

  beforeAll(async () => {
    server = await startHttpServer(answer);
    const env = { ...awsEnvironment(server.url), AWS_MAX_ATTEMPTS: '1' };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  return {
    stack,
    denied,
    /** Every operation of AWS so far, such as `Query`. */
    get operations(): readonly string[] {
      return server.received.map(operationOf);
    },
    /** Requests to invoke functions. */
    get invocations(): readonly string[] {
      return server.received
        .filter((one) => operationOf(one) === 'Invoke')
        .map(({ path, body }) => `${path?.split('/').at(-2)} ${body}`);
    },
    /** Turns the only alarm on. */
    alarm(name: string) {
      const AlarmName = `ocrolus-prod-${name}`;
      const StateTransitionedTimestamp = Date.parse('2026-03-02T08:00:00Z') / 1000;
      alarms = [
        { AlarmName, StateValue: 'ALARM', AlarmDescription: 'What it means', StateTransitionedTimestamp },
      ];
    },
    pause(channel: string) {
      paused = channel;
    },
  };
}

function operationOf({ headers, path = '', body }: Received): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  const action = /(?:^|&)Action=(\w+)/.exec(body.toString())?.[1];
  if (action !== undefined) return action;
  return path.includes('event-source-mappings')
    ? 'GetEventSourceMapping'
    : path.includes('/functions/')
      ? 'Invoke'
      : path;
}

/** A text of AWS with an ARN, as a refusal has it. */
export const RAW_TEXT = 'User: arn:aws:sts::123456789012:assumed-role/ops is not authorized';

function refusal({ headers }: Received) {
  if (headers['x-amz-target'] === undefined) {
    const error = `<Error><Code>AccessDenied</Code><Message>${RAW_TEXT}</Message></Error>`;
    return { status: 403, body: `<ErrorResponse>${error}</ErrorResponse>` };
  }
  return { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException', message: RAW_TEXT }) };
}
