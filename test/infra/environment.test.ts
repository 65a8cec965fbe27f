import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { ConsumerSettings } from '../../functions/consumers/runtime/settings.ts';
import { PollerSettings } from '../../functions/poller/dependencies.ts';
import { RegistrationSettings } from '../../functions/registration/registration.ts';
import { RotationSettings } from '../../functions/rotation/rotate.ts';
import { WebhookSettings } from '../../functions/webhook/settings.ts';
import { MAX_ACCOUNTS } from '../../infra/config/settings.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { DEFAULT_RESULTS, RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import type { ResultKind } from '../../shared/events/catalog.ts';
import { CHANNELS, LOOK_CHANNEL } from '../../shared/events/channels.ts';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import { readSettings } from '../../shared/settings.ts';
import { json, resolve } from './resolved.ts';
import { lambdaOf, onlyResource, queueNamed, resources, STAGE, synthesizeStack } from './synthesized.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'] });
const variablesOf = (name: string) => lambdaOf(template, name)[1].Properties.Environment.Variables;

describe('the environment of', () => {
  const secretOf = (account: string, kind: string) => {
    const name = `ocrolus/${STAGE}/${account}/${kind}`;
    const secrets = resources(template, 'AWS::SecretsManager::Secret');
    return `<${secrets.find(([, secret]) => secret.Properties.Name === name)?.[0]}>`;
  };
  const allQueues = Object.fromEntries(
    CHANNELS.map((channel) => [channel, `<${queueNamed(template, `ocrolus-${STAGE}-${channel}`)[0]}>`]),
  );

  test('the webhook: every queue, the webhook secrets, how to authenticate a delivery', () => {
    const variables = variablesOf('webhook');
    expect(json(variables.QUEUE_URLS)).toEqual(allQueues);
    expect(json(variables.ACCOUNTS)).toEqual({
      default: { webhookSecret: secretOf('default', 'webhook') },
      lending: { webhookSecret: secretOf('lending', 'webhook') },
    });
    expect(variables).toMatchObject({
      WEBHOOK_AUTHENTICATION: 'signature',
      FRESHNESS_SECONDS: '900',
      ALLOW_UNSIGNED: 'false',
      SECRET_CACHE_SECONDS: '300',
      BUCKET_NAME: { Ref: onlyResource(template, 'AWS::S3::Bucket')[0] },
    });
    expect(variables).not.toHaveProperty('TABLE_NAME');
  });

  test.each(['poller', ...CHANNELS])('%s: table, API credentials, and how to reach Ocrolus', (name) => {
    const variables = variablesOf(name);
    expect(json(variables.ACCOUNTS)).toEqual({
      default: { credentials: secretOf('default', 'credentials') },
      lending: { credentials: secretOf('lending', 'credentials') },
    });
    expect(variables).toMatchObject({
      TABLE_NAME: { Ref: onlyResource(template, 'AWS::DynamoDB::Table')[0] },
      OCROLUS_API_URL: 'https://api.ocrolus.com',
      OCROLUS_AUTH_URL: 'https://auth.ocrolus.com',
      OCROLUS_TOKEN_FORMAT: 'json',
      OCROLUS_REQUESTS_PER_SECOND: '12',
      OCROLUS_HEAVY_REQUESTS_PER_SECOND: '1',
      POLL_MIN_SECONDS: '300',
      POLL_MAX_SECONDS: '21600',
      POLL_GRACE_SECONDS: '600',
      POLL_HORIZON_DAYS: '30',
    });
    const unsets = [
      'OCROLUS_AUDIENCE',
      'INCOME_GUIDELINE',
      'RESULTS',
      'POLL_DISCOVER_FROM',
      'TIME_SCALE',
      'RESULT_DAYS',
      'DOCUMENT_DAYS',
    ];
    for (const unset of [...unsets, 'PAYLOAD_DAYS']) {
      expect(variables).not.toHaveProperty(unset);
    }
  });

  test.each(CHANNELS)('%s: its name, its queue, and how long the ledger is kept', (name) => {
    expect(variablesOf(name)).toMatchObject({
      CHANNEL: name,
      QUEUE_URL: { Ref: queueNamed(template, `ocrolus-${STAGE}-${name}`)[0] },
      LEDGER_DAYS: '180',
    });
  });

  test.each(CHANNELS)('%s: the guideline of income, if the stage has one', (name) => {
    const stack = synthesizeStack({ ocrolus: { incomeGuideline: 'USDA' } });
    expect(lambdaOf(stack, name)[1].Properties.Environment.Variables.INCOME_GUIDELINE).toBe('USDA');
  });

  test('the poller: the queue that due books are handed over through, how fast, and whether it discovers books', () => {
    expect(variablesOf('poller')).toMatchObject({
      LOOK_QUEUE_URL: { Ref: queueNamed(template, `ocrolus-${STAGE}-${LOOK_CHANNEL}`)[0] },
      POLL_REQUESTS_PER_SECOND: '5',
      POLL_DISCOVER: 'true',
    });
  });

  test.each(CHANNELS)('%s: when a result is overdue, and whether the poller discovers books', (name) => {
    expect(variablesOf(name)).toMatchObject({ OVERDUE_HOURS: '24', POLL_DISCOVER: 'true' });
  });

  test.each(['poller', ...CHANNELS])('%s: how long items are kept', (name) => {
    const stack = synthesizeStack({ retention: { results: 365, payloads: 90, documents: 730 } });
    const { Variables } = lambdaOf(stack, name)[1].Properties.Environment;
    expect(Variables).toMatchObject({ RESULT_DAYS: '365', DOCUMENT_DAYS: '730' });
    // The poller writes no ledger.
    expect(Variables.PAYLOAD_DAYS).toBe(name === 'poller' ? undefined : '90');
  });

  test.each(['poller', ...CHANNELS])('%s: the policies that differ from the defaults', (name) => {
    const results = { income: 'always', forms: 'always', business: 'never' } as const;
    const stack = synthesizeStack({ results, poll: { discoverFrom: '2026-01-01' } });
    const { Variables } = lambdaOf(stack, name)[1].Properties.Environment;
    expect(JSON.parse(Variables.RESULTS)).toEqual({ income: 'always', business: 'never' });
    expect(Variables.POLL_DISCOVER_FROM).toBe(name === 'poller' ? '2026-01-01' : undefined);
  });
});

const SCHEMAS: [string, z.ZodMiniObject][] = [
  ['webhook', WebhookSettings],
  ['poller', PollerSettings],
  ['registration', RegistrationSettings],
  ['rotation', RotationSettings],
  ...CHANNELS.map((channel): [string, z.ZodMiniObject] => [channel, ConsumerSettings]),
];

describe('every Lambda accepts its environment', () => {
  /** The environment as the Lambda sees it. Stand-ins for ARNs and names may be any text, URLs must be URLs. */
  function environmentOf(name: string): Record<string, string> {
    const variables: Record<string, unknown> = variablesOf(name);
    const deployed = (reference: object) => `https://${Object.values(reference).flat()[0]}`;
    return Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, resolve(value, deployed)]),
    );
  }

  test.each(SCHEMAS)('%s', (name, schema) => {
    const environment = environmentOf(name);
    expect(() => readSettings(schema, environment)).not.toThrow();
    // A misspelt name would leave a setting to its default, and an unknown variable is read by nothing.
    const optional = [
      ...['OCROLUS_AUDIENCE', 'INCOME_GUIDELINE', 'RESULTS', 'POLL_DISCOVER_FROM', 'TIME_SCALE'],
      ...['SECRET_REREAD_SECONDS', 'ROTATION_SETTLE_SECONDS', 'PAYLOAD_DAYS', 'RESULT_DAYS', 'DOCUMENT_DAYS'],
    ];
    const known = Object.keys(schema.shape).filter((key) => !optional.includes(key));
    expect(Object.keys(environment).sort()).toEqual([...known, 'NODE_OPTIONS'].sort());
  });

  test.each(SCHEMAS)('%s: without a variable, it uses the default of the settings', (name, schema) => {
    const environment = environmentOf(name);
    const whole = readSettings(schema, environment);
    const withDefault = Object.keys(environment).filter((key) => {
      const { [key]: _, ...others } = environment;
      const read = schema.safeParse(others);
      if (read.success) expect(read.data, key).toEqual(whole);
      return read.success && key in schema.shape;
    });
    expect(withDefault).toContain('LOG_LEVEL');
  });
});

test('the longest names that settings allow fit into the 4 KiB that a Lambda has for its environment', () => {
  const accounts = Array.from({ length: MAX_ACCOUNTS }, (_, i) => `${i}`.padEnd(32, 'a'));
  const large = synthesizeStack({
    accounts,
    ocrolus: { audience: 'https://api.ocrolus.example/audience', incomeGuideline: 'FREDDIE_MAC' },
    registration: { events: eventsOfLevel('account') },
    results: Object.fromEntries(RESULT_KINDS.map((kind) => [kind, longestPolicy(kind)])),
    poll: { discoverFrom: '2026-01-01' },
    retention: { results: 3000, payloads: 180, documents: 3650 },
  });
  const account = '123456789012.ap-southeast-1'.padEnd(27);
  for (const name of FUNCTION_NAMES) {
    const variables: Record<string, unknown> = lambdaOf(large, name)[1].Properties.Environment.Variables;
    const bytes = Object.entries(variables).map(([key, value]) => {
      const text = resolve(value, (reference) => {
        const id = String(Object.values(reference).flat()[0]);
        const { Type, Properties } = large.toJSON().Resources[id] ?? {};
        // Twelve characters: the longest stage has sixteen, this one has four.
        const longest = ' '.repeat(12);
        if (Type === 'AWS::SQS::Queue')
          return `https://sqs..amazonaws.com/${account}/${Properties.QueueName}${longest}`;
        if (Type === 'AWS::SecretsManager::Secret') {
          return `arn:aws:secretsmanager::${account}:secret:${Properties.Name}-AbCdEf${longest}`;
        }
        // A region, or the id of an API or an endpoint.
        if (Type === undefined || /ApiGateway|VPCEndpoint/.test(Type)) return 'x'.repeat(22);
        return 'x'.repeat(63);
      });
      return key.length + text.length;
    });
    expect(
      bytes.reduce((sum, size) => sum + size, 0),
      name,
    ).toBeLessThan(4096);
  }
});

/** The longest policy that is not the default. Only such policies are in the environment. */
function longestPolicy(kind: ResultKind) {
  return DEFAULT_RESULTS[kind] === 'announced' ? 'always' : 'announced';
}
