import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSettings, parseSettings, SettingsError } from '../../infra/config/load.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { ALLOWLISTED } from './ingress/settings.ts';

/** The message with which settings are refused. */
function faultsOf(input: unknown): string {
  try {
    parseSettings(input, 'test');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

test.each(['dev', 'prod'])('the settings of %s are valid', async (stage) => {
  expect(await loadSettings(stage)).toMatchObject({ stage, accounts: ['default'] });
});

test('every file in infra/config is either a stage or listed as another file', async () => {
  const files = await readdir(join(import.meta.dirname, '../../infra/config'));
  const parts = [
    'alarms.ts',
    'concurrency.ts',
    'environment.ts',
    'faults.ts',
    'ingress.ts',
    'load.ts',
    'locations.ts',
    'network.ts',
    'ocrolus.ts',
    'registration.ts',
    'results.ts',
    'retention.ts',
    'security.ts',
    'settings.ts',
  ];
  for (const file of files.filter((name) => !parts.includes(name))) {
    const stage = file.replace(/\.ts$/, '');
    await expect(loadSettings(stage), file).resolves.toMatchObject({ stage });
  }
});

test.each(['staging', 'settings', '../stack', ''])(
  'there is no stage %j, and the error says which there are',
  async (stage) => {
    await expect(loadSettings(stage)).rejects.toThrow(/no stage .*Stages: dev, prod/);
  },
);

test('a stage without settings has the defaults', () => {
  expect(parseSettings({ stage: 'test' }, 'test')).toEqual({
    stage: 'test',
    accounts: ['default'],
    network: {},
    ingress: { kind: 'private' },
    webhookAuthentication: 'signature',
    freshnessSeconds: 900,
    allowUnsigned: false,
    secretCacheSeconds: 300,
    ocrolus: {
      apiUrl: 'https://api.ocrolus.com',
      authUrl: 'https://auth.ocrolus.com',
      tokenFormat: 'json',
      requestsPerSecond: 12,
      heavyRequestsPerSecond: 1,
    },
    poll: {
      minutes: 5,
      minSeconds: 300,
      maxSeconds: 21_600,
      graceSeconds: 600,
      horizonDays: 30,
      requestsPerSecond: 5,
      discover: true,
      quickRetrySeconds: [3, 15],
    },
    results: {},
    retention: {},
    registration: {
      enabled: false,
      level: 'account',
      encoding: 'multipart',
      test: 'require',
      overlapMinutes: 30,
    },
    ledgerDays: 180,
    logRetentionDays: 90,
    logLevel: 'INFO',
    removalPolicy: 'retain',
    security: { terminationProtection: false, logDataProtection: true },
    throttle: { rate: 200, burst: 400 },
    consumerMaximumConcurrency: 5,
    apiGatewayLogRole: true,
    alarms: {
      enabled: true,
      emails: [],
      queueAgeMinutes: { results: 15, status: 60 },
      webhookLatencyMs: 2500,
      webhookServerErrors: 3,
      webhookClientErrors: 25,
      refusals: 10,
      recoveredByPoll: 1,
      rateLimited: 30,
      pollerLagMinutes: 60,
      overdueHours: 24,
    },
    lambdaConcurrency: 100,
    dashboard: true,
    tags: {},
  });
});

describe('faults', () => {
  test('are all reported together, each with its setting', () => {
    const message = faultsOf({
      stage: 'test',
      acounts: ['default'],
      freshnessSeconds: 'soon',
      ocrolus: { apiUrl: 'http://api.ocrolus.com', tokenFromat: 'json' },
      poll: { minSeconds: 600, maxSeconds: 300, graceSeconds: '600', requestsPerSecond: 30 },
      network: { vpcEndpointId: 'vpce-0123456789abcdef0', vpc: { source: 'created' } },
      logRetentionDays: 91,
    });
    expect(message.split('\n')[0]).toBe('The settings in infra/config/test.ts have faults:');
    for (const setting of [
      'acounts: is not a known setting',
      'freshnessSeconds: ',
      'ocrolus.apiUrl: must be an https:// URL',
      'ocrolus.tokenFromat: is not a known setting',
      'poll.graceSeconds: ',
      'poll.minSeconds: must not exceed poll.maxSeconds',
      'poll.requestsPerSecond: must be less than ocrolus.requestsPerSecond: consumers need the rest',
      'network.vpc: must be absent when network.vpcEndpointId is given',
      'logRetentionDays: ',
    ]) {
      expect(message).toContain(`\n  ${setting}`);
    }
  });

  test('say why data must be kept for longer', () => {
    const message = faultsOf({
      stage: 'test',
      ledgerDays: 30,
      retention: { results: 7, payloads: 60, documents: 90 },
    });
    for (const text of [
      'retention.results: must be at least poll.horizonDays (30): a book may take this long to become complete',
      'retention.payloads: must not exceed ledgerDays (30): payloads are in the ledger',
      'retention.documents: must be at least 400: the poller compares a book with its documents',
    ]) {
      expect(message).toContain(`\n  ${text}`);
    }
  });

  test('say that Ocrolus cannot reach a private stage, and what to do', () => {
    const message = faultsOf({ stage: 'test', registration: { enabled: true } });
    expect(message).toMatch(
      /\n {2}registration\.url: must be set where ingress\.kind is "private": .*proxy.*"allowlisted" \(docs\/ingress\.md\)$/,
    );
  });

  test.each<[string, object]>([
    ['behind a proxy', { registration: { enabled: true, url: 'https://hooks.example.com' } }],
    ['allowlisted', { registration: { enabled: true }, ingress: ALLOWLISTED }],
    ['not yet', { registration: { rotationDays: 30 } }],
  ])('do not keep a stage from registering: %s', (_, settings) => {
    expect(parseSettings({ stage: 'test', ...settings }, 'test').stage).toBe('test');
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html: at least 2 for each mapping
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html: 100 must be left unreserved
  test.each<[string, object, number]>([
    ['a new account', { lambdaConcurrency: 10, consumerMaximumConcurrency: 2 }, CHANNELS.length * 2 + 24],
    ['the defaults', { lambdaConcurrency: 20 }, CHANNELS.length * 5 + 24],
    ['many consumers', { consumerMaximumConcurrency: 20 }, CHANNELS.length * 20 + 24],
    ['a reserved share', { webhookReservedConcurrency: 10 }, 110],
  ])('say how much concurrency a stage needs: %s', (_, settings, needed) => {
    expect(faultsOf({ stage: 'test', ...settings })).toContain(
      `\n  lambdaConcurrency: must be at least ${needed}: `,
    );
    expect(
      parseSettings({ stage: 'test', ...settings, lambdaConcurrency: needed }, 'test').lambdaConcurrency,
    ).toBe(needed);
  });

  test('of retention are reported with other faults', () => {
    expect(faultsOf({ stage: 'test', retention: 'short', poll: 'often' })).toContain('\n  retention: ');
    expect(faultsOf({ stage: 'test', retention: { results: 1 }, logLevel: 'LOUD' })).toContain(
      '\n  retention.results: ',
    );
  });

  test.each<[string, object]>([
    ['stage', { stage: 'prod' }],
    ['stage', { stage: 'Test' }],
    ['accounts', { accounts: [] }],
    ['accounts', { accounts: ['default', 'default'] }],
    ['accounts.0', { accounts: ['De fault'] }],
    ['consumerMaximumConcurrency', { consumerMaximumConcurrency: 1 }],
    ['poll.requestsPerSecond', { poll: { requestsPerSecond: 30 } }],
    ['poll.discoverFrom', { poll: { discoverFrom: '2026-02-30' } }],
    ['results.incomes', { results: { incomes: 'always' } }],
    ['results.income', { results: { income: 'sometimes' } }],
    ['ledgerDays', { ledgerDays: 14 }],
    ['retention.payloads', { retention: { payloads: 14 } }],
    ['retention.payloads', { retention: { payloads: 181 } }],
    ['retention.results', { retention: { results: 29 } }],
    ['retention.results', { retention: { results: 30 }, poll: { horizonDays: 60 } }],
    ['retention.documents', { retention: { results: 30, documents: 399 } }],
    ['retention.documents', { retention: { documents: 400 } }],
    ['retention.documents', { retention: { results: 401, documents: 400 } }],
    ['retention.names', { retention: { names: 30 } }],
    ['alarms.overdueHours', { alarms: { overdueHours: 0 } }],
    ['network.vpc.cidr', { network: { vpc: { source: 'created', cidr: '10.0.0.0/28' } } }],
    [
      'network.vpc.availabilityZones',
      {
        network: {
          vpc: {
            source: 'imported',
            vpcId: 'vpc-0123456789abcdef0',
            cidr: '10.0.0.0/16',
            subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
            availabilityZones: ['eu-west-1a'],
          },
        },
      },
    ],
    ['(all)', []],
  ])('%s is refused in %j', (setting, input) => {
    const settings = Array.isArray(input) ? input : { stage: 'test', ...input };
    expect(faultsOf(settings)).toContain(`\n  ${setting}: `);
  });
});
