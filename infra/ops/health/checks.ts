import { type Check, type Finding, fail, ok, type SystemContext, warn } from '../doctor/check.ts';
import { type Alarm, alarmPrefix } from '../target/alarms.ts';
import { BOOK_CHECKS } from './books.ts';
import { DELIVERY_CHECKS } from './deliveries.ts';
import { OCROLUS_CHECKS } from './ocrolus.ts';
import { QUEUE_CHECKS } from './queues.ts';
import { REGISTRATION } from './registration.ts';

/** Checks that may run again and again: they read the table, the queues and the logs, and ask for the registration. */
export const HEALTH_CHECKS: readonly Check<SystemContext>[] = [
  ...OCROLUS_CHECKS,
  ...DELIVERY_CHECKS,
  ...QUEUE_CHECKS,
  ...BOOK_CHECKS,
  REGISTRATION,
];

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
