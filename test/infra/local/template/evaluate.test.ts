// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how CloudFormation writes Fn::Sub
import { expect, test } from 'vitest';
import { evaluate, type Scope } from '../../../../infra/local/template/topology.ts';

const scope: Scope = {
  ref(name) {
    if (name === 'AWS::NoValue') return undefined;
    if (name === 'AWS::Region') return 'us-east-1';
    if (name === 'Queue') return 'http://queue';
    throw new Error(`no ${name}`);
  },
  getAtt: (logicalId, attribute) => `${logicalId}/${attribute}`,
};

test.each([
  ['plain values stay as they are', { a: [1, 'x', true, null] }, { a: [1, 'x', true, null] }],
  ['Ref', { Ref: 'Queue' }, 'http://queue'],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue/Arn'],
  ['Join of functions', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a-us-east-1-3'],
  ['Sub', { 'Fn::Sub': '${AWS::Region}:${Queue}' }, 'us-east-1:http://queue'],
  ['NoValue removes a property', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['NoValue removes an element', [{ Ref: 'AWS::NoValue' }, 1], [1]],
  ['an object with several keys is no function', { Ref: 'Queue', Other: 1 }, { Ref: 'Queue', Other: 1 }],
])('%s', (_name, value, expected) => {
  expect(evaluate(value, scope)).toEqual(expected);
});

test.each([
  ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }, 'cannot evaluate Fn::ImportValue'],
  ['Fn::If', { 'Fn::If': ['IsProd', 1, 2] }, 'cannot evaluate Fn::If'],
  ['what it does not know', { Ref: 'Nothing' }, 'no Nothing'],
  ['a Sub with variables', { 'Fn::Sub': ['${x}', { x: 'a' }] }, 'Fn::Sub expects text'],
  ['a Join of what is no text', { 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join expects text'],
])('refuses %s', (_name, value, message) => {
  expect(() => evaluate(value, scope)).toThrow(message);
});
