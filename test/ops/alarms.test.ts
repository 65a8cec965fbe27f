import { expect, it } from 'vitest';
import { type Alarm, readAlarms } from '../../infra/ops/alarms.ts';
import { alarmsCommand } from '../../infra/ops/commands/alarms.ts';
import { fakeTarget, runOps } from './fake-target.ts';
import { cloudWatchWith } from './testing/cloud-watch.ts';

const alarm = (name: string, state: Alarm['state'], since = '2026-03-02T08:00:00.000Z'): Alarm => ({
  ...{ name, urgency: 'page', state, since, reason: 'threshold crossed', isComposite: false },
  description: 'Results are late.\nFirst: look.\nRunbook: docs/runbook.md#queue-age',
});
const ok = alarm('a', 'OK');
const on = alarm('b', 'ALARM');
const unknown = alarm('c', 'INSUFFICIENT_DATA', '2026-03-01T08:00:00.000Z');

it('alarms that are on come first, and are a problem', async () => {
  const target = fakeTarget({ alarms: async () => [ok, unknown, on] });
  expect(await runOps(alarmsCommand, target)).toMatchObject({ document: [on, unknown], isProblem: true });
  const all = await runOps(alarmsCommand, target, { flags: { all: true } });
  expect(all).toMatchObject({ document: [on, unknown, ok] });
});

it('no alarm that is on is no problem', async () => {
  const output = await runOps(alarmsCommand, fakeTarget({ alarms: async () => [ok] }));
  expect(output).toEqual({ document: [], text: 'all 1 alarms are OK', isProblem: undefined });
});

it('the local stack says that it has none', async () => {
  expect(await runOps(alarmsCommand, fakeTarget())).toMatchObject({
    document: [],
    text: 'the local stack has no alarms',
  });
});

it('a stage has its own alarms only, whatever another one is called', async () => {
  const alarms = (stage: string) => {
    const member = (name: string, StateValue: Alarm['state']) => ({
      AlarmName: `ocrolus-${stage}-${name}`,
      AlarmDescription: `Results are late.\nRunbook: docs/runbook.md#${name}`,
      StateReason: `of ${stage}`,
      StateValue,
    });
    return {
      [`ocrolus-${stage}-page`]: [member('queue-age-lifecycle', 'OK')],
      [`ocrolus-${stage}-ticket`]: [member('books-stuck', 'ALARM')],
    };
  };
  const { client } = cloudWatchWith({ alarms: { ...alarms('prod-eu'), ...alarms('prod') } });
  for (const stage of ['prod', 'prod-eu']) {
    const found = await readAlarms(stage, client);
    expect(found.map(({ name, urgency, isComposite }) => [name, urgency, isComposite])).toEqual([
      [`ocrolus-${stage}-page`, 'page', true],
      [`ocrolus-${stage}-queue-age-lifecycle`, 'page', false],
      [`ocrolus-${stage}-ticket`, 'ticket', true],
      [`ocrolus-${stage}-books-stuck`, 'ticket', false],
    ]);
    // The answer about children lacks these.
    expect(found.at(-1)).toMatchObject({
      state: 'ALARM',
      reason: `of ${stage}`,
      description: expect.stringContaining('Runbook: docs/runbook.md#books-stuck'),
    });
  }
});
