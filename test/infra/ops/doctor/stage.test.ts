import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { expect, test } from 'vitest';
import { ACCESS_CHECKS, STAGE_CHECKS, type StageContext } from '../../../../infra/ops/doctor/stage.ts';
import { findStageStack } from '../../../../infra/ops/target/stage-stack.ts';
import { ALLOWLISTED } from '../../testing/settings.ts';
import { cloudWatchWith, type Known } from '../testing/cloud-watch.ts';
import { runOne } from '../testing/doctor.ts';

const { version } = packageJson;

const CERTIFIED = {
  stack: { Outputs: [{ OutputKey: 'CertificateArn', OutputValue: ALLOWLISTED.certificateArn }] },
};

const PUBLISHING = {
  stack: { Outputs: [{ OutputKey: 'EventDeadLetterQueueUrl', OutputValue: 'https://sqs/queue' }] },
};

interface Parts extends Known {
  readonly stack?: object;
  readonly quota?: number;
  readonly lost?: number;
}

/** A stage in an account that has these parts. */
function stageWith(parts: Parts): StageContext {
  const sends = (answer: object, config: object = {}) => ({ send: async () => answer, config }) as never;
  const cloudFormation = sends(
    { Stacks: parts.stack === undefined ? [] : [parts.stack] },
    {
      region: async () => 'us-east-1',
      credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'never-shown' }),
    },
  );
  return {
    stage: 'prod',
    cloudFormation,
    cloudWatch: cloudWatchWith(parts).client,
    sqs: sends({ Attributes: { ApproximateNumberOfMessages: String(parts.lost ?? 0) } }),
    lambda: sends({ AccountLimit: { ConcurrentExecutions: parts.quota } }),
    findStack: () => findStageStack('prod', { cloudFormation, ssm: { send: async () => ({}) } as never }),
    now: Date.parse('2026-03-01T12:00:00Z'),
  };
}

/** Alarms that are on, by urgency; another one is not. */
const on = (names: Readonly<Record<string, readonly string[]>>): Parts => ({
  alarms: Object.fromEntries(
    Object.entries(names).map(([urgency, members]) => [
      `ocrolus-prod-${urgency}`,
      [
        ...members.map((name) => ({ AlarmName: `ocrolus-prod-${name}`, StateValue: 'ALARM' as const })),
        { AlarmName: 'ocrolus-prod-quiet', StateValue: 'OK' as const },
      ],
    ]),
  ),
});
const stack = (StackStatus: string, OutputValue?: string): Parts => ({
  stack: { StackStatus, Outputs: OutputValue === undefined ? [] : [{ OutputKey: 'Version', OutputValue }] },
});
const isProtected = (EnableTerminationProtection: boolean): Parts => ({
  stack: { EnableTerminationProtection },
});

test.each<[check: string, state: string, found: string | RegExp, Parts]>([
  ['region', 'ok', 'us-east-1', {}],
  ['credentials', 'ok', 'found', {}],
  ['stack', 'fail', 'there is no stack ocrolus-webhooks-prod', {}],
  ['stack', 'ok', `CREATE_COMPLETE, version ${version}`, stack('CREATE_COMPLETE', version)],
  [
    'stack',
    'warn',
    /^UPDATE_COMPLETE, version 9\.0\.0; this command is of /,
    stack('UPDATE_COMPLETE', '9.0.0'),
  ],
  ['stack', 'warn', /^UPDATE_COMPLETE, version 0\.2\.0 or earlier; /, stack('UPDATE_COMPLETE')],
  ['stack', 'warn', 'UPDATE_IN_PROGRESS', stack('UPDATE_IN_PROGRESS')],
  ['stack', 'fail', 'UPDATE_ROLLBACK_COMPLETE', stack('UPDATE_ROLLBACK_COMPLETE')],
  ['stack', 'fail', 'ROLLBACK_COMPLETE', stack('ROLLBACK_COMPLETE')],
  ['protection', 'ok', 'on', isProtected(true)],
  ['protection', 'warn', 'the stack can be deleted by mistake', isProtected(false)],
  ['concurrency', 'ok', /^1000 of Lambda/, { quota: 1000 }],
  ['concurrency', 'fail', /^10 of Lambda/, { quota: 10 }],
  ['certificate', 'ok', 'none: the API is private', { stack: {} }],
  ['certificate', 'ok', 'valid for 30 days', { ...CERTIFIED, values: () => [30.4, 31] }],
  ['certificate', 'fail', 'valid for 29 days', { ...CERTIFIED, values: () => [29.9] }],
  ['certificate', 'fail', /^expired, or of another region/, CERTIFIED],
  ['alarms', 'ok', 'none is on', {}],
  ['alarms', 'warn', 'on: books-stuck', on({ ticket: ['books-stuck'] })],
  [
    'alarms',
    'fail',
    'on: webhook-latency, books-stuck',
    on({ intake: ['webhook-latency'], ticket: ['books-stuck'] }),
  ],
  ['published events', 'ok', 'changes are not published: events.enabled', { stack: {} }],
  ['published events', 'ok', 'none is lost', PUBLISHING],
  ['published events', 'fail', /^2 batches of changes were given up/, { ...PUBLISHING, lost: 2 }],
  ['poller', 'ok', /^has run/, { values: () => [1, 0] }],
  ['poller', 'fail', /^no run/, {}],
])('%s: %s, %s', async (check, state, found, parts) => {
  const checked = await runOne([...ACCESS_CHECKS, ...STAGE_CHECKS], check, stageWith(parts));
  expect(checked.state).toBe(state);
  expect(checked.found).toEqual(typeof found === 'string' ? found : expect.stringMatching(found));
  expect(JSON.stringify(checked)).not.toMatch(/AKIAEXAMPLE|never-shown/);
});
