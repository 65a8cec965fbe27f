import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variantTemplate } from '../infra/variants.ts';
import { callAws } from './aws-call.ts';
import { createStack, type EmulatedStack } from './emulated-stack.ts';
import { type Moto, motoIsInstalled, startMoto } from './moto.ts';

/** What the emulator's CloudFormation leaves out is created by the services' own calls, and read back. */
describe.skipIf(!motoIsInstalled())('in an emulated account', () => {
  const template = variantTemplate('registered');
  let moto: Moto;
  let stack: EmulatedStack;

  beforeAll(async () => {
    moto = await startMoto();
    stack = await createStack(moto, template);
  });
  afterAll(() => moto.stop());

  test('the API is private, bound to the endpoint, and hands every method to the webhook', async () => {
    const api = (path: string) => callAws(moto, { service: 'apigateway', method: 'GET', path });
    const [[id, made] = ['', {}]] = stack.resolved('AWS::ApiGateway::RestApi');
    expect(await api(`/restapis/${stack.idOf(id)}`)).toMatchObject({ name: made.Name });
    // The emulator's API has no place for these two.
    expect(made).toMatchObject({ BinaryMediaTypes: ['*/*'], EndpointConfiguration: { Types: ['PRIVATE'] } });
    const [[endpoint] = ['']] = stack.resolved('AWS::EC2::VPCEndpoint');
    expect(JSON.stringify(made.Policy)).toContain(`"aws:SourceVpce":"${stack.idOf(endpoint)}"`);

    const { item } = await api(`/restapis/${stack.idOf(id)}/resources`);
    expect(item).toEqual(expect.arrayContaining([expect.objectContaining({ path: '/webhooks/{account}' })]));
    const [[, method] = ['', {}]] = stack.resolved('AWS::ApiGateway::Method');
    const path = `/restapis/${method.RestApiId}/resources/${method.ResourceId}/methods/ANY/integration`;
    const { type, uri } = await api(path);
    expect(type).toBe('AWS_PROXY');
    const webhook = stack.resolved('AWS::Lambda::Function').find(([, lambda]) => {
      return 'WEBHOOK_AUTHENTICATION' in lambda.Environment.Variables;
    });
    expect(uri).toContain(`:function:${stack.idOf(webhook?.[0] ?? '')}/invocations`);
  });

  test('the stage is created upon the deployment, with its throttling', async () => {
    const [[, stage] = ['', {}]] = stack.resolved('AWS::ApiGateway::Stage');
    const path = `/restapis/${stage.RestApiId}`;
    const { item } = await callAws(moto, {
      service: 'apigateway',
      method: 'GET',
      path: `${path}/deployments`,
    });
    const [deployment] = Array.isArray(item) ? item : [];
    const body = {
      stageName: stage.StageName,
      deploymentId: deployment.id,
      tracingEnabled: stage.TracingEnabled,
    };
    await callAws(moto, { service: 'apigateway', path: `${path}/stages`, body });
    const [settings] = stage.MethodSettings;
    const patchOperations = [
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: String(settings.ThrottlingRateLimit) },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: String(settings.ThrottlingBurstLimit) },
    ];
    const made = `${path}/stages/${stage.StageName}`;
    await callAws(moto, { service: 'apigateway', method: 'PATCH', path: made, body: { patchOperations } });
    const read = await callAws(moto, { service: 'apigateway', method: 'GET', path: made });
    expect(read).toMatchObject({
      deploymentId: deployment.id,
      tracingEnabled: true,
      methodSettings: { '*/*': { throttlingRateLimit: 200, throttlingBurstLimit: 400 } },
    });
  });

  test('schedules start the functions that they are for, in their roles', async () => {
    const schedules = stack.resolved('AWS::Scheduler::Schedule');
    expect(schedules.length).toBeGreaterThanOrEqual(2);
    const functions = stack.resolved('AWS::Lambda::Function').map(([id]) => stack.idOf(id));
    for (const [id, { Name, ...schedule }] of schedules) {
      const path = `/schedules/${Name ?? id}`;
      await callAws(moto, { service: 'scheduler', path, body: schedule });
      const made = await callAws(moto, { service: 'scheduler', method: 'GET', path });
      expect(made, id).toMatchObject(schedule);
      expect(functions, id).toContain(schedule.Target.Arn.split(':function:')[1]);
    }
  });

  test('every alarm watches what the template says, through a dimension of something that exists', async () => {
    const cloudWatch = (operation: string, body: object) =>
      callAws(moto, {
        service: 'monitoring',
        target: `GraniteServiceVersion20100801.${operation}`,
        body,
      });
    const alarms = stack.resolved('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(20);
    for (const [id, alarm] of alarms) {
      const AlarmName: string = alarm.AlarmName ?? id;
      const { Tags, ...properties } = alarm;
      await cloudWatch('PutMetricAlarm', { ...properties, AlarmName });
      const { MetricAlarms: [made] = [] }: { MetricAlarms?: object[] } = await cloudWatch('DescribeAlarms', {
        AlarmNames: [AlarmName],
      });
      const { Metrics, ...single } = properties;
      expect(made, id).toMatchObject(single);
      expect(AlarmName.length, id).toBeLessThanOrEqual(255);
    }
  });

  test('every secret is there, under the name that operators know', async () => {
    const secrets = stack.resolved('AWS::SecretsManager::Secret');
    for (const [id, { Name }] of secrets) {
      const body = { SecretId: stack.idOf(id) };
      const made = await callAws(moto, {
        service: 'secretsmanager',
        target: 'secretsmanager.DescribeSecret',
        body,
      });
      expect(made.Name, id).toBe(Name);
    }
    expect(secrets).toHaveLength(4);
  });

  test('rotation calls a function that may read and write the secret', () => {
    const schedules = stack.resolved('AWS::SecretsManager::RotationSchedule');
    expect(schedules).toHaveLength(2);
    const arns = stack.resolved('AWS::SecretsManager::Secret').map(([id]) => stack.idOf(id));
    const functions = stack.resolved('AWS::Lambda::Function').map(([id]) => stack.idOf(id));
    for (const [id, { SecretId, RotationLambdaARN }] of schedules) {
      expect(arns, id).toContain(SecretId);
      expect(functions, id).toContain(RotationLambdaARN.split(':function:')[1]);
    }
  });
});
