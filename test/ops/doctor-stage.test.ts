import { describe, expect, it } from 'vitest';
import type { Checked } from '../../infra/ops/doctor/check.ts';
import { ACCESS_CHECKS, STAGE_CHECKS, type StageContext } from '../../infra/ops/doctor/stage.ts';
import { cloudWatchWith, type Known } from './testing/cloud-watch.ts';
import { runOne } from './testing/doctor.ts';

describe('a stage', () => {
  const sends = (answer: () => object, config: object = {}) =>
    ({ send: async () => answer(), config }) as never;
  const context = (parts: Partial<Record<'stack' | 'quota', unknown>> & Known = {}): StageContext => ({
    stage: 'prod',
    cloudFormation: sends(() => ({ Stacks: parts.stack === undefined ? [] : [parts.stack] }), {
      region: async () => 'us-east-1',
      credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'never-shown' }),
    }),
    cloudWatch: cloudWatchWith(parts).client,
    lambda: sends(() => ({ AccountLimit: { ConcurrentExecutions: parts.quota } })),
    now: Date.parse('2026-03-01T12:00:00Z'),
  });
  const runCheck = (name: string, parts?: Parameters<typeof context>[0]): Promise<Checked> =>
    runOne([...ACCESS_CHECKS, ...STAGE_CHECKS], name, context(parts));

  it('is looked for in a region, with credentials that are not shown', async () => {
    expect(await runCheck('region')).toMatchObject({ state: 'ok', found: 'us-east-1' });
    expect(await runCheck('credentials')).toMatchObject({ state: 'ok', found: 'found' });
  });

  it.each([
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warn'],
    ['UPDATE_ROLLBACK_COMPLETE', 'fail'],
    ['ROLLBACK_COMPLETE', 'fail'],
  ])('whose stack is %s: %s', async (StackStatus, state) => {
    expect(await runCheck('stack', { stack: { StackStatus } })).toMatchObject({ state, found: StackStatus });
  });

  it('that is not there', async () => {
    expect(await runCheck('stack')).toMatchObject({
      state: 'fail',
      found: 'there is no stack ocrolus-webhooks-prod',
    });
  });

  it.each([
    [true, 'ok'],
    [false, 'warn'],
  ])('that is protected: %s', async (EnableTerminationProtection, state) => {
    expect(await runCheck('protection', { stack: { EnableTerminationProtection } })).toMatchObject({ state });
  });

  it.each([
    [1000, 'ok'],
    [10, 'fail'],
  ])('in an account with a quota of %d', async (quota, state) => {
    expect(await runCheck('concurrency', { quota })).toMatchObject({
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
          ...names.map((name) => ({ AlarmName: `ocrolus-prod-${name}`, StateValue: 'ALARM' as const })),
          { AlarmName: 'ocrolus-prod-quiet', StateValue: 'OK' as const },
        ],
      ]),
    );
    expect(await runCheck('alarms', { alarms })).toMatchObject({ state, found });
  });

  it.each([
    [[1, 0], 'ok'],
    [[], 'fail'],
  ])('whose poller has run: %j', async (values, state) => {
    expect(await runCheck('poller', { values: () => values })).toMatchObject({ state });
  });
});
