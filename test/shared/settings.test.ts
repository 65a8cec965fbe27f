import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { WebhookSettings } from '../../functions/webhook/settings.ts';
import { DEFAULT_RESULTS } from '../../shared/checklist/kinds.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { ocrolusSettings } from '../../shared/ocrolus/settings.ts';
import { checklistSettings } from '../../shared/reconcile/context.ts';
import { readSettings } from '../../shared/settings.ts';

const queueUrls = Object.fromEntries(CHANNELS.map((name) => [name, `https://sqs.example/${name}`]));
const complete = {
  STAGE: 'test',
  ACCOUNTS: '{"default":{"webhookSecret":"arn:aws:secretsmanager:us-east-1:1:secret:w"}}',
  QUEUE_URLS: JSON.stringify(queueUrls),
  BUCKET_NAME: 'bucket',
};

function faultOf(environment: Record<string, string | undefined>): string {
  try {
    readSettings(WebhookSettings, environment);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error('no fault was found');
}

describe('faults', () => {
  it('are reported all at once, each with its name', () => {
    const wrong = {
      ...{ QUEUE_URLS: '{', FRESHNESS_SECONDS: '5', ALLOW_UNSIGNED: 'yes', SECRET_CACHE_SECONDS: 'soon' },
      ...{ WEBHOOK_AUTHENTICATION: 'none', LOG_LEVEL: 'LOUD' },
    };
    const message = faultOf({ ...wrong, ACCOUNTS: '{"default":{"webhookSecret":5}}' });
    const names = [...Object.keys(wrong), 'STAGE', 'BUCKET_NAME', 'ACCOUNTS.default.webhookSecret'];
    for (const name of names) expect(message).toContain(`${name}: `);
  });

  it('are reported without the values', () => {
    const value = 'arn:aws:secretsmanager:confidential';
    const names = ['STAGE', 'ACCOUNTS', 'QUEUE_URLS', 'FRESHNESS_SECONDS', 'ALLOW_UNSIGNED', 'LOG_LEVEL'];
    const message = faultOf({ ...Object.fromEntries(names.map((name) => [name, value])), BUCKET_NAME: 'b' });
    expect(message).toContain('ACCOUNTS');
    expect(message).not.toContain('confidential');
    expect(faultOf({ ...complete, ACCOUNTS: `{"default":{"secret":"${value}"}}` })).not.toContain(value);
  });

  it.each(CHANNELS)('the queue of %s must not be missing', (channel) => {
    const { [channel]: _, ...others } = queueUrls;
    expect(faultOf({ ...complete, QUEUE_URLS: JSON.stringify(others) })).toContain(`QUEUE_URLS.${channel}`);
  });

  it.each([
    ['FRESHNESS_SECONDS', '59'],
    ['FRESHNESS_SECONDS', '86401'],
    ['FRESHNESS_SECONDS', '60.5'],
    ['SECRET_CACHE_SECONDS', '-1'],
    ['ALLOW_UNSIGNED', 'TRUE'],
    ['ALLOW_UNSIGNED', ''],
    ['WEBHOOK_AUTHENTICATION', 'Signature'],
  ])('%s=%s', (name, value) => {
    expect(faultOf({ ...complete, [name]: value })).toContain(name);
  });
});

describe('the settings of Ocrolus', () => {
  const schema = z.object(ocrolusSettings);
  const accounts = { ACCOUNTS: '{"default":{"credentials":"arn"}}' };

  it.each([
    ['OCROLUS_API_URL', 'api.ocrolus.com'],
    ['OCROLUS_TOKEN_FORMAT', 'xml'],
    ['OCROLUS_AUDIENCE', ''],
    ['OCROLUS_REQUESTS_PER_SECOND', '0'],
    ['OCROLUS_HEAVY_REQUESTS_PER_SECOND', 'many'],
  ])('refuse %s=%j', (name, value) => {
    expect(() => readSettings(schema, { ...accounts, [name]: value })).toThrow(name);
  });
});

describe('the settings of the checklist', () => {
  const schema = z.object(checklistSettings);

  it.each([
    '{"always":["income"],"never":["summary"]}',
    // Version 0.2.
    '{"income":"always","summary":"never"}',
  ])('take the policies of some kinds from %s; the others keep their default', (results) => {
    const { RESULTS } = readSettings(schema, { RESULTS: results });
    expect(RESULTS).toEqual({ ...DEFAULT_RESULTS, income: 'always', summary: 'never' });
  });

  it.each([
    '{"always":["incomes"]}',
    '{"sometimes":["income"]}',
    '{"always":"income"}',
    '{"incomes":"always"}',
    '{"income":"sometimes"}',
    '{"income":true}',
    '[]',
    'income',
  ])('refuse %s: misspelt, it would be missed in silence', (results) => {
    expect(() => readSettings(schema, { RESULTS: results })).toThrow('RESULTS');
  });

  it.each([
    ['POLL_MIN_SECONDS', '0'],
    ['POLL_GRACE_SECONDS', '1.5'],
    ['TIME_SCALE', '0'],
    ['TIME_SCALE', '2'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => readSettings(schema, { [name]: value })).toThrow(name);
  });
});
