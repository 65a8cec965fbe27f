import { expect, test } from 'vitest';
import type { SettingsInput } from '../../../infra/config/settings.ts';
import { linesOf } from './lines-of.ts';
import { templateOf, variantTemplate } from './variants.ts';

const DEFAULT = linesOf(variantTemplate('default'));
const DEFAULT_IDS = DEFAULT.map((line): string => JSON.parse(line)[0]);

/** Settings that change single resources of the default stage. */
const CHANGED: Readonly<Record<string, Omit<SettingsInput, 'stage'>>> = {
  'other-alarms': {
    poll: { minutes: 60, maxSeconds: 604_800 },
    alarms: {
      topicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
      emails: ['operations@example.com'],
      overdueHours: 6,
      queueAgeMinutes: { results: 5, status: 20 },
      webhookLatencyMs: 1000,
      refusals: 2,
      recoveredByPoll: 7,
      rateLimited: 300,
      pollerLagMinutes: 10,
      runbookUrl: 'https://wiki.lender.example/runbook',
    },
  },
  'other-webhook': {
    webhookDeployment: 'canary',
    webhookReservedConcurrency: 50,
    lambdaConcurrency: 150,
    apiGatewayLogRole: true,
    throttle: { rate: 50, burst: 100 },
  },
  'other-network': {
    network: { vpc: { source: 'created', cidr: '10.9.0.0/24', zones: 1 }, allowedCidrs: ['10.20.0.0/16'] },
  },
};

test.each([
  'allowlisted-with-zone-and-waf',
  'registered-for-the-organization',
  'imported-vpc',
  'adopted-storage',
  'imported-endpoint',
  'alarms-to-a-topic',
])('nothing of %s that differs from the default stage changes unnoticed', async (name) => {
  await expectDifference(name, variantTemplate(name));
});

test.each(Object.entries(CHANGED))('nothing that %s change goes unnoticed', async (name, settings) => {
  await expectDifference(name, templateOf(settings));
});

/** Ids of what the default stage has and a template lacks come with `null`. */
async function expectDifference(name: string, template: ReturnType<typeof templateOf>): Promise<void> {
  const { Resources, Outputs = {} } = template;
  const gone = DEFAULT_IDS.filter((id) => !(id in Resources) && !(id in Outputs));
  const others = linesOf(template).filter((line) => !DEFAULT.includes(line));
  const lines = [...others, ...gone.map((id) => JSON.stringify([id, null]))].sort();
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${name}.jsonl`);
}
