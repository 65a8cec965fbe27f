import { ofType, type Rule } from './template.ts';

const SCHEDULES = ['AWS::Scheduler::Schedule', 'AWS::Events::Rule'];

/** EventBridge refuses these at deployment only. */
export const schedulesAreWellFormed: Rule = (template) =>
  SCHEDULES.flatMap((type) => ofType(template, type)).flatMap(([id, { ScheduleExpression }]) => {
    if (ScheduleExpression === undefined) return [];
    const fault = faultOf(String(ScheduleExpression));
    return fault === undefined ? [] : [`${id}: ${ScheduleExpression} ${fault}`];
  });

function faultOf(expression: string): string | undefined {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rateFault(inner);
  if (kind === 'cron') return cronFault(inner);
  if (kind === 'at') {
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner) ? undefined : 'is not a time without a zone';
  }
  return 'is none of rate(), cron() and at()';
}

function rateFault(inner: string): string | undefined {
  const [, count, unit] = /^(\d+) (minute|hour|day)(?=s?$)/.exec(inner) ?? [];
  if (unit === undefined || Number(count) < 1) return 'is not a number and minutes, hours or days';
  const plural = inner.endsWith('s');
  if (plural !== Number(count) > 1) return 'has the wrong number: 1 is singular, more is plural';
  return undefined;
}

function cronFault(inner: string): string | undefined {
  const fields = inner.split(' ');
  if (fields.length !== 6) return `has ${fields.length} fields instead of 6`;
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return 'needs ? for exactly one of the two days';
  return undefined;
}
