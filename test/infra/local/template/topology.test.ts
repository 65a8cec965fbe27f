// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how CloudFormation writes Fn::Sub
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readMappings } from '../../../../infra/local/lambda/triggers.ts';
import type { StackAssembly } from '../../../../infra/local/template/assembly.ts';
import { createTopology } from '../../../../infra/local/template/topology.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
const queue = (Properties: Resource['Properties'] = {}): Resource => ({
  Type: 'AWS::SQS::Queue',
  Properties,
});
const TIMEOUT = z.object({ VisibilityTimeout: z.number() });

function topologyOf(resources: Record<string, Resource>) {
  const assembly: StackAssembly = {
    stackName: 'books-dev',
    parameters: { BootstrapVersion: '21' },
    resources,
    isOfStage: () => true,
    assetPath: (key) => key,
  };
  return createTopology(assembly, 'http://127.0.0.1:9324');
}

test('a stage that adopts a table is refused: there is none on this machine', () => {
  const check = { Type: 'Custom::AdoptedStorage', Properties: {} };
  expect(() => topologyOf({ Queue1: queue(), Check: check })).toThrow('leave the setting `storage` out');
});

test('a name that is too long keeps its end, which tells it apart', () => {
  const ids = ['0A', '0B'].map((end) => 'Consumer'.repeat(10) + end);
  const resource = { Type: 'AWS::Lambda::Function', Properties: {} };
  const { identity } = topologyOf(Object.fromEntries(ids.map((id) => [id, resource])));
  const names = ids.map((id) => identity(id).name);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
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
    Queue: queue({ VisibilityTimeout: 90, KmsMasterKeyId: { 'Fn::If': [] } }),
  });
  expect(properties('Queue', TIMEOUT)).toEqual({ VisibilityTimeout: 90 });
});

test('a property of another shape is an error that names the resource', () => {
  const { properties } = topologyOf({ Queue: queue({ VisibilityTimeout: 'soon' }) });
  expect(() => properties('Queue', TIMEOUT)).toThrow(/Queue \(AWS::SQS::Queue\)/);
});

test('a reference to what the template does not have is an error', () => {
  expect(() => topologyOf({}).identity('Gone')).toThrow('the template refers to Gone');
});

test('an event source that is neither a queue nor the stream of a table is refused', () => {
  const EventSourceArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks';
  const Properties = { EventSourceArn, FunctionName: 'reader' };
  const topology = topologyOf({ Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties } });
  expect(() => readMappings(topology, 4)).toThrow(
    `the local stack knows no event source like ${EventSourceArn}`,
  );
});
