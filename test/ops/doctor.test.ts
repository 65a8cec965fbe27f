import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { PLAIN } from '../../infra/command-line/screen.ts';
import { doctorCommand } from '../../infra/ops/commands/doctor.ts';
import {
  type Check,
  type Checked,
  fail,
  ok,
  reportOf,
  runChecks,
  warn,
} from '../../infra/ops/doctor/check.ts';
import { LOCAL_CHECKS } from '../../infra/ops/doctor/local.ts';
import { MACHINE_CHECKS } from '../../infra/ops/doctor/machine.ts';
import { SYSTEM_CHECKS } from '../../infra/ops/doctor/system.ts';
import { fakeTarget, runOps } from './fake-target.ts';
import { runOne } from './testing/doctor.ts';

const check = (name: string, run: Check<unknown>['run']): Check<unknown> => ({
  name,
  run,
  otherwise: 'ask',
});

describe('a report', () => {
  const report = async (...checks: Check<unknown>[]) => {
    const output = reportOf(await runChecks(checks, {}), PLAIN);
    if ('stream' in output) throw new Error('it is a stream');
    return output;
  };

  it('has a line for each check, and what to do at the end', async () => {
    const { document, text, isProblem } = await report(
      check('one', () => ok('fine')),
      check('two', async () => warn('old', 'renew it')),
    );
    expect(document).toEqual({
      healthy: true,
      checks: [
        { name: 'one', state: 'ok', found: 'fine', todo: null },
        { name: 'two', state: 'warn', found: 'old', todo: 'renew it' },
      ],
    });
    expect(text).toContain('ok     one    fine');
    expect(text).toContain('What to do:\n  warn two: renew it');
    expect(isProblem).toBe(false);
  });

  it('is a problem where something has failed', async () => {
    expect(await report(check('one', () => fail('gone', 'bring it back')))).toMatchObject({
      document: { healthy: false },
      isProblem: true,
    });
  });

  it('continues after a check that throws, whose error is one line', async () => {
    const { document } = await report(
      check('one', async () => {
        throw new Error('no\naccess');
      }),
      check('two', () => ok('fine')),
    );
    expect(document).toMatchObject({
      checks: [{ name: 'one', state: 'fail', found: 'no access', todo: 'ask' }, { state: 'ok' }],
    });
  });
});

test.each([
  ['node', { node: '24.99.0' }, 'ok'],
  ['node', { node: '20.1.0' }, 'warn'],
  ['npm', { npm: '11.2.0' }, 'ok'],
  ['npm', { npm: '10.9.0' }, 'warn'],
])('the version of %s: %j', async (name, versions, state) => {
  const { node = '24.0.0', npm = '11.0.0' } = { ...versions } as { node?: string; npm?: string };
  expect(await runOne(MACHINE_CHECKS, name, { node, npm: async () => npm })).toMatchObject({ state });
});

it('the command runs every check, and fails if the stack cannot be reached', async () => {
  const output = await runOps(doctorCommand, fakeTarget(), {
    flags: { data: join(tmpdir(), 'no-such-stack') },
  });
  expect(output).toMatchObject({ isProblem: true });
  const { checks } = (output as { document: { checks: Checked[] } }).document;
  expect(checks.map(({ name }) => name)).toEqual(
    [...MACHINE_CHECKS, ...LOCAL_CHECKS, ...SYSTEM_CHECKS].map(({ name }) => name),
  );
  expect(checks.every(({ state, todo }) => state === 'ok' || typeof todo === 'string')).toBe(true);
});
