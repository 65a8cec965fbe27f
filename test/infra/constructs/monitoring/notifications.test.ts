import { describe, expect, test } from 'vitest';
import { GROUPS, type Group, UNGROUPED } from '../../../../infra/constructs/monitoring/alarm-definition.ts';
import { resolve } from '../../testing/resolved.ts';
import { FULL } from '../../testing/settings.ts';
import { onlyResource, resources, STAGE } from '../../testing/synthesized.ts';
import { monitored } from './alarms-of.ts';

/** As long as an ARN can be, apart from the alarm's name. */
const ARN = 'arn:aws-us-gov:cloudwatch:us-gov-east-1:123456789012:alarm:';

/** A composite, with its rule as CloudFormation will write it, and the names of the alarms in that. */
function composite({ template, alarms }: ReturnType<typeof monitored>, group: Group) {
  const [, { Properties } = { Properties: {} }] =
    resources(template, 'AWS::CloudWatch::CompositeAlarm').find(
      ([, { Properties }]) => Properties.AlarmName === `ocrolus-${STAGE}-${group}`,
    ) ?? [];
  const rule = resolve(Properties.AlarmRule, (reference) => `${ARN}${Object.values(reference).flat()[0]}`);
  const ids = [...rule.matchAll(/ALARM\("[^"]*:alarm:(\w+)"\)/g)].map(([, id]) => id);
  const members = [...alarms].filter(([, { logicalId }]) => ids.includes(logicalId)).map(([name]) => name);
  return { properties: Properties, rule, members };
}

/**
 * A composite that is in alarm sends nothing more when another of its alarms goes off:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
 */
describe('one page does not silence the next', () => {
  const stack = monitored(FULL);
  const [topicId] = onlyResource(stack.template, 'AWS::SNS::Topic');
  const notifies = { AlarmActions: [{ Ref: topicId }], OKActions: [{ Ref: topicId }] };
  const groupsOf = (name: string) =>
    GROUPS.filter((group) => composite(stack, group).members.includes(name)).join();

  test('each alarm is in one composite, or notifies by itself', () => {
    for (const [name, alarm] of stack.alarms) {
      const isAlone = groupsOf(name) === '';
      expect(isAlone ? alarm : {}, name).toMatchObject(isAlone ? notifies : {});
      expect('AlarmActions' in alarm, name).toBe(isAlone);
      expect(groupsOf(name), name).not.toContain(',');
    }
  });

  test('those alone are known by name', () => {
    expect([...stack.alarms.keys()].filter((name) => groupsOf(name) === '').sort()).toEqual(
      [...UNGROUPED].sort(),
    );
  });

  test.each(GROUPS)('%s notifies when any of its alarms is on, and when all are OK again', (group) => {
    const { properties, rule, members } = composite(stack, group);
    expect(rule.replace(/ALARM\("[^"]*"\)/g, 'A')).toMatch(/^\(A( OR A)*\)$/);
    expect(properties).toMatchObject(notifies);
    expect(properties.AlarmDescription).toContain(`docs/runbook.md#${group}`);
    // CloudWatch's limits: 100 alarms, and 10,240 characters.
    expect(members.length).toBeLessThanOrEqual(100);
    const around = `ALARM("${ARN}ocrolus-a-sixteen-letter-") OR `.length;
    expect(members.reduce((sum, name) => sum + around + name.length, 0)).toBeLessThanOrEqual(10_240);
  });
});
