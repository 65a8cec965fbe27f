import { describe, expect, it } from 'vitest';
import type { Checked } from '../../infra/ops/doctor/check.ts';
import { ACCESS_CHECKS, STAGE_CHECKS, type StageContext } from '../../infra/ops/doctor/stage.ts';
import { look } from './testing/doctor.ts';

describe('a stage', () => {
  const sends = (answer: (input: Record<string, unknown>) => object, config: object = {}) =>
    ({ send: async ({ input }: { input: never }) => answer(input), config }) as never;
  const context = (
    parts: Partial<Record<'stack' | 'quota' | 'alarms' | 'values', unknown>> = {},
  ): StageContext => ({
    stage: 'prod',
    cloudFormation: sends(() => ({ Stacks: parts.stack === undefined ? [] : [parts.stack] }), {
      region: async () => 'us-east-1',
      credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'never-shown' }),
    }),
    cloudWatch: sends((input) =>
      'ChildrenOfAlarmName' in input
        ? {
            MetricAlarms: (parts.alarms as Record<string, object[]>)[String(input.ChildrenOfAlarmName)] ?? [],
          }
        : { MetricDataResults: [{ Values: parts.values ?? [] }] },
    ),
    lambda: sends(() => ({ AccountLimit: { ConcurrentExecutions: parts.quota } })),
    now: Date.parse('2026-03-01T12:00:00Z'),
  });
  const lookAt = (name: string, parts?: Parameters<typeof context>[0]): Promise<Checked> =>
    look([...ACCESS_CHECKS, ...STAGE_CHECKS], name, context(parts));

  it('is looked for in a region, with credentials that are not shown', async () => {
    expect(await lookAt('region')).toMatchObject({ state: 'ok', found: 'us-east-1' });
    expect(await lookAt('credentials')).toMatchObject({ state: 'ok', found: 'found' });
  });

  it.each([
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warn'],
    ['UPDATE_ROLLBACK_COMPLETE', 'fail'],
    ['ROLLBACK_COMPLETE', 'fail'],
  ])('whose stack is %s: %s', async (StackStatus, state) => {
    expect(await lookAt('stack', { stack: { StackStatus } })).toMatchObject({ state, found: StackStatus });
  });

  it('that is not there', async () => {
    expect(await lookAt('stack')).toMatchObject({
      state: 'fail',
      found: 'there is no stack ocrolus-webhooks-prod',
    });
  });

  it.each([
    [true, 'ok'],
    [false, 'warn'],
  ])('that is protected: %s', async (EnableTerminationProtection, state) => {
    expect(await lookAt('protection', { stack: { EnableTerminationProtection } })).toMatchObject({ state });
  });

  it.each([
    [1000, 'ok'],
    [10, 'fail'],
  ])('in an account with a quota of %d', async (quota, state) => {
    expect(await lookAt('concurrency', { quota })).toMatchObject({
      state,
      found: expect.stringMatching(new RegExp(`^${quota} of Lambda`)),
    });
  });

  it.each([
    [{}, 'ok', 'none is on'],
    [{ 'ocrolus-prod-ticket': ['books-stuck'] }, 'warn', 'on: books-stuck'],
    [
      { 'ocrolus-prod-page': ['queue-age-lifecycle'], 'ocrolus-prod-ticket': ['books-stuck'] },
      'fail',
      'on: queue-age-lifecycle, books-stuck',
    ],
  ])('with alarms: %j', async (on, state, found) => {
    const alarms = Object.fromEntries(
      Object.entries(on).map(([composite, names]) => [
        composite,
        [
          ...names.map((name) => ({ AlarmName: `ocrolus-prod-${name}`, StateValue: 'ALARM' })),
          { AlarmName: 'ocrolus-prod-quiet', StateValue: 'OK' },
        ],
      ]),
    );
    expect(await lookAt('alarms', { alarms })).toMatchObject({ state, found });
  });

  it.each([
    [[], 'ok', '0 minutes'],
    [[30, 1800], 'warn', '30 minutes in doc-verified'],
  ])('whose oldest message is so old: %j', async (values, state, found) => {
    const OutputValue = '{"doc-verified":"https://sqs.example/1/q"}';
    const stack = { Outputs: [{ OutputKey: 'QueueUrls', OutputValue }] };
    expect(await lookAt('oldest message', { stack, values })).toMatchObject({
      state,
      found: expect.stringContaining(found),
    });
  });

  it.each([
    [[1, 0], 'ok'],
    [[], 'fail'],
  ])('whose poller has run: %j', async (values, state) => {
    expect(await lookAt('poller', { values })).toMatchObject({ state });
  });
});
