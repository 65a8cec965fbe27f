import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { expect, test } from 'vitest';
import { ROOT } from './markdown.ts';

test('the rule of docs/published-events.md is on the bus that the parameter names, for complete books', () => {
  const page = readFileSync(join(ROOT, 'docs/published-events.md'), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const code = stripTypeScriptTypes(example)
    .replace(/^import .*$/gm, '')
    .replace('export function', 'return function');
  const parts = { EventBus, Rule, LambdaFunction, StringParameter };
  const addRule = new Function(...Object.keys(parts), code)(...Object.values(parts));

  const stack = new Stack(new App(), 'Lending');
  addRule(stack, Lambda.fromFunctionName(stack, 'Target', 'on-complete'));
  const template = Template.fromStack(stack);
  const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
  expect(rule?.Properties.EventPattern).toEqual({
    source: ['ocrolus-webhooks'],
    'detail-type': ['book.complete'],
  });
  expect(JSON.stringify(rule?.Properties.EventBusName)).toContain('"Ref"');
  const [parameter] = Object.values(template.findParameters('*')).filter(({ Default }) =>
    String(Default).startsWith('/ocrolus-webhooks/'),
  );
  expect(parameter?.Default).toBe('/ocrolus-webhooks/prod/bus');
});
