// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how CloudFormation writes Fn::Sub
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { StackAssembly } from '../../../../infra/local/template/assembly.ts';
import { createTopology } from '../../../../infra/local/template/topology.ts';

function topologyOf(resources: Record<string, { Type: string; Properties: Record<string, unknown> }>) {
  const assembly: StackAssembly = {
    stackName: 'books-dev',
    parameters: { BootstrapVersion: '21' },
    resources: Object.fromEntries(Object.entries(resources).map(([id, it]) => [id, { ...it, Metadata: {} }])),
    assetPath: (key) => key,
  };
  return createTopology(assembly, 'http://127.0.0.1:9324');
}

test('resources without a name get one from the stack and their logical id', () => {
  const { identity } = topologyOf({
    Queue1: { Type: 'AWS::SQS::Queue', Properties: {} },
    Bucket1: { Type: 'AWS::S3::Bucket', Properties: {} },
  });
  expect(identity('Queue1')).toMatchObject({
    name: 'books-dev-Queue1',
    ref: 'http://127.0.0.1:9324/000000000000/books-dev-Queue1',
    arn: 'arn:aws:sqs:us-east-1:000000000000:books-dev-Queue1',
  });
  expect(identity('Bucket1').ref).toBe('books-dev-bucket1');
});

test('a name that is too long keeps its end, which tells it apart', () => {
  const { identity } = topologyOf({
    [`${'Consumer'.repeat(10)}0A`]: { Type: 'AWS::Lambda::Function', Properties: {} },
    [`${'Consumer'.repeat(10)}0B`]: { Type: 'AWS::Lambda::Function', Properties: {} },
  });
  const names = ['0A', '0B'].map((end) => identity('Consumer'.repeat(10) + end).name);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
});

test('explicit names may be computed', () => {
  const { identity } = topologyOf({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${AWS::StackName}-work' } } },
  });
  expect(identity('Queue').name).toBe('books-dev-work');
});

test('an attribute that only AWS knows is an error that names resource and property', () => {
  const { properties } = topologyOf({
    Endpoint: { Type: 'AWS::EC2::VPCEndpoint', Properties: {} },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { HOST: { 'Fn::GetAtt': ['Endpoint', 'DnsEntries'] } } },
    },
  });
  expect(() => properties('Function', z.object({ Environment: z.unknown() }))).toThrow(
    'Function (AWS::Lambda::Function), property Environment: ' +
      'the local stack does not know DnsEntries of Endpoint (AWS::EC2::VPCEndpoint)',
  );
});

test('properties that nobody asks for are not evaluated', () => {
  const { properties } = topologyOf({
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 90, KmsMasterKeyId: { 'Fn::If': [] } },
    },
  });
  expect(properties('Queue', z.object({ VisibilityTimeout: z.number() }))).toEqual({ VisibilityTimeout: 90 });
});

test('a property of another shape is an error that names the resource', () => {
  const { properties } = topologyOf({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 'soon' } },
  });
  expect(() => properties('Queue', z.object({ VisibilityTimeout: z.number() }))).toThrow(
    /Queue \(AWS::SQS::Queue\)/,
  );
});

test('a reference to what the template does not have is an error', () => {
  expect(() => topologyOf({}).identity('Gone')).toThrow('the template refers to Gone');
});
