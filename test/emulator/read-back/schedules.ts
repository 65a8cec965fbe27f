import { expect } from 'vitest';
import { callAws } from '../aws-call.ts';
import type { ReadBack } from './read-back.ts';

export const schedules: ReadBack = {
  what: 'schedules start the functions that they are for, in their roles',
  types: ['AWS::Scheduler::Schedule'],
  async compare(moto, stack) {
    const resolved = stack.resolved('AWS::Scheduler::Schedule');
    expect(resolved.length).toBeGreaterThanOrEqual(1);
    const functions = stack.resolved('AWS::Lambda::Function').map(([id]) => stack.idOf(id));
    const roles = stack.resolved('AWS::IAM::Role').map(([id]) => stack.idOf(id));
    for (const [id, { Name, ...schedule }] of resolved) {
      const path = `/schedules/${Name ?? id}`;
      await callAws(moto, { service: 'scheduler', path, body: schedule });
      const made = await callAws(moto, { service: 'scheduler', method: 'GET', path });
      expect(made, id).toMatchObject(schedule);
      expect(functions, id).toContain(schedule.Target.Arn.split(':function:')[1]);
      expect(roles, id).toContain(schedule.Target.RoleArn.split('/').at(-1));
    }
  },
};
