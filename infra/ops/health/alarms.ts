import { type Finding, fail, ok, warn } from '../doctor/check.ts';
import { type Alarm, alarmPrefix } from '../target/alarms.ts';

/** What the alarms of a stage say: only one that pages is a failure. */
export function alarmsFinding(stage: string, alarms: readonly Alarm[]): Finding {
  const on = alarms.filter(({ state, isComposite }) => state === 'ALARM' && !isComposite);
  const names = on.map(({ name }) => name.replace(alarmPrefix(stage), ''));
  const found = `on: ${names.join(', ')}`;
  const todo = `ops alarms --stage ${stage}; docs/runbook.md: the sections of these names, ${names[0]} first`;
  if (on.some(({ urgency }) => urgency === 'page')) return fail(found, todo);
  if (on.length > 0) return warn(found, todo);
  return ok('none is on');
}
