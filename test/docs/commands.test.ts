import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onlyResource, synthesizeStack } from '../infra/testing/synthesized.ts';
import { ROOT } from './markdown.ts';

const read = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');
const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const ALLOWLISTED = { kind: 'allowlisted', hostName: 'webhooks.example.com', certificateArn: ARN } as const;

describe.each(['operations.md', 'restore.md', 'runbook.md', 'ingress.md', 'first-deployment-checks.md'])(
  'docs/%s',
  (name) => {
    test('finds resources by outputs, not by patterns that another stage fits too (prod, prod-eu)', () => {
      const blocks = [...read(name).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
      expect(blocks.join('\n')).not.toMatch(
        /(--[a-z-]*prefix[ =]+"?ocrolus)|(contains\(\w+,\s*`ocrolus)|(starts_with\((?!LogicalResourceId))/,
      );
    });

    test('names outputs that there are', () => {
      const { Outputs } = synthesizeStack({ ingress: ALLOWLISTED }).toJSON();
      const named = [...read(name).matchAll(/\bout ([A-Z]\w+)|OutputKey=='([A-Z]\w+)'/g)].map(
        ([, a, b]) => a ?? b,
      );
      expect(Object.keys(Outputs)).toEqual(expect.arrayContaining(named));
    });
  },
);

test('the name of a schedule that a guide uses is that of the poller', () => {
  const template = synthesizeStack();
  const [id] = onlyResource(template, 'AWS::Scheduler::Schedule');
  expect(template.toJSON().Outputs.PollerScheduleName.Value).toEqual({ Ref: id });
});

const checks = read('first-deployment-checks.md').matchAll(/^\| (?!check)(.*) \|$/gm);

test.each([...checks].map(([, row = '']) => row.split(' | ')))(
  'docs/first-deployment-checks.md, %s: what to run, what to expect, and why',
  (...cells) => {
    expect(cells).toHaveLength(4);
    expect(cells[3]).toMatch(/https:\/\/(docs\.)?aws\.amazon\.com\//);
  },
);
