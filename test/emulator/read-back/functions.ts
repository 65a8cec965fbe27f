import {
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { CHANNELS } from '../../../shared/events/channels.ts';
import type { ReadBack } from './read-back.ts';

export const functions: ReadBack = {
  what: 'every function runs with the settings, the role and the limits that the template gives it',
  types: ['AWS::Lambda::Function', 'AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::Permission'],
  async compare(moto, stack) {
    const lambda = new LambdaClient(moto.client);
    const resolved = stack.resolved('AWS::Lambda::Function');
    expect(resolved.length).toBeGreaterThanOrEqual(CHANNELS.length + 2);
    for (const [id, { Handler, MemorySize, Role, Runtime, Timeout, Environment }] of resolved) {
      const made = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: stack.idOf(id) }));
      const variables = Environment === undefined ? {} : { Environment };
      expect(made, id).toMatchObject({ Handler, MemorySize, Role, Runtime, Timeout, ...variables });
      // JSON that is put together at deployment must still be JSON.
      for (const name of ['ACCOUNTS', 'QUEUE_URLS']) {
        const value = made.Environment?.Variables?.[name];
        if (value !== undefined) expect(() => JSON.parse(value), `${id} ${name}`).not.toThrow();
      }
    }
    for (const [id, config] of stack.resolved('AWS::Lambda::EventInvokeConfig')) {
      const { FunctionName, MaximumEventAgeInSeconds, MaximumRetryAttempts } = config;
      const limits = { FunctionName, MaximumEventAgeInSeconds, MaximumRetryAttempts };
      await lambda.send(new PutFunctionEventInvokeConfigCommand(limits));
      const made = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
      expect(made, id).toMatchObject({ MaximumEventAgeInSeconds, MaximumRetryAttempts });
    }
    for (const [id, permission] of stack.resolved('AWS::Lambda::Permission')) {
      const { FunctionName, Principal, Action, SourceArn, SourceAccount } = permission;
      const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
      const [statement] = JSON.parse(Policy ?? '{}').Statement.filter(
        (each: { Principal: { Service: string } }) => each.Principal.Service === Principal,
      );
      expect(statement, id).toMatchObject({ Effect: 'Allow', Action });
      const conditions = JSON.stringify(statement.Condition ?? {});
      if (SourceArn !== undefined) expect(conditions, id).toContain(SourceArn);
      if (SourceAccount !== undefined) expect(conditions, id).toContain(SourceAccount);
      expect(SourceArn ?? SourceAccount, id).toBeDefined();
    }
    lambda.destroy();
  },
};

export const eventSources: ReadBack = {
  what: 'every queue feeds its function as the template says',
  types: ['AWS::Lambda::EventSourceMapping'],
  async compare(moto, stack) {
    const lambda = new LambdaClient(moto.client);
    const mappings = stack.resolved('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(CHANNELS.length);
    for (const [id, mapping] of mappings) {
      const { EventSourceMappings: made = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ EventSourceArn: mapping.EventSourceArn }),
      );
      expect(made, id).toHaveLength(1);
      expect(made[0]?.FunctionArn, id).toContain(mapping.FunctionName);
      expect(made[0], id).toMatchObject({
        BatchSize: mapping.BatchSize,
        FunctionResponseTypes: mapping.FunctionResponseTypes,
        ScalingConfig: mapping.ScalingConfig,
      });
    }
    lambda.destroy();
  },
};
