import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/functions.ts';
import { resolve } from '../resolved.ts';
import { onlyResource, resources, STAGE, synthesizeStack } from '../synthesized.ts';

const template = synthesizeStack();
const queries = new Map(
  resources(template, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => [
    String(Properties.Name).replace(`ocrolus-${STAGE}/`, ''),
    { text: String(Properties.QueryString), groups: Properties.LogGroupNames as { Ref: string }[] },
  ]),
);
const groupsOfFunctions = resources(template, 'AWS::Lambda::Function').map(
  ([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref,
);
const [, { Properties: stage }] = onlyResource(template, 'AWS::ApiGateway::Stage');
const accessLog = resolve(stage.AccessLogSetting.DestinationArn, (arn) =>
  String(Object.values(arn).flat()[0]),
);

test('there is one for each question that the runbook asks', () => {
  expect([...queries.keys()].sort()).toEqual([
    'failures by code',
    'refusals by reason',
    'story of a book',
    'story of a delivery',
    'stuck books',
    'unrecognized events',
  ]);
});

describe.each(['story of a delivery', 'story of a book'])('%s', (name) => {
  const query = queries.get(name);

  test('looks into the log of every function, and of every request', () => {
    expect(groupsOfFunctions).toHaveLength(FUNCTION_NAMES.length);
    expect(query?.groups.map(({ Ref }) => Ref).sort()).toEqual(
      [...groupsOfFunctions, accessLog.replace(/^arn:.*:/, '')].sort(),
    );
    // CloudWatch's limit for one query.
    expect(query?.groups.length).toBeLessThanOrEqual(50);
  });

  test('tells the story from its beginning, in lines that have these fields', () => {
    expect(query?.text).toContain('| sort @timestamp asc');
  });
});

test('a delivery is found by its id, and its line in the access log by the request that carried it', () => {
  expect(queries.get('story of a delivery')?.text).toContain(
    '| filter deliveryId = "DELIVERY_ID" or requestId = "REQUEST_ID"',
  );
});
