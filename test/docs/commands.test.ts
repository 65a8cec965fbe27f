import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onlyResource, synthesizeStack } from '../infra/synthesized.ts';

const DOCS = join(import.meta.dirname, '../../docs');

/** The shell of a guide. */
function commandsOf(name: string): string {
  const text = readFileSync(join(DOCS, name), 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
}

describe.each(['operations.md', 'runbook.md', 'ingress.md', 'first-deployment-checks.md'])(
  'docs/%s',
  (name) => {
    const text = readFileSync(join(DOCS, name), 'utf8');
    const commands = commandsOf(name);

    test('finds resources by outputs, not by patterns that another stage fits too (prod, prod-eu)', () => {
      const patterns =
        /(--[a-z-]*prefix[ =]+"?ocrolus)|(contains\(\w+,\s*`ocrolus)|(starts_with\((?!LogicalResourceId))/;
      expect(commands).not.toMatch(patterns);
    });

    test('names outputs that there are', () => {
      const template = synthesizeStack({
        ingress: {
          kind: 'allowlisted',
          hostName: 'webhooks.example.com',
          certificateArn:
            'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
        },
      }).toJSON();
      const named = [...text.matchAll(/\bout ([A-Z]\w+)|OutputKey=='([A-Z]\w+)'/g)].map(([, a, b]) => a ?? b);
      for (const output of named) expect(Object.keys(template.Outputs)).toContain(output);
    });
  },
);

test('the name of a schedule that a guide uses is that of the poller', () => {
  const template = synthesizeStack();
  const [id] = onlyResource(template, 'AWS::Scheduler::Schedule');
  expect(template.toJSON().Outputs.PollerScheduleName.Value).toEqual({ Ref: id });
});

describe('docs/first-deployment-checks.md', () => {
  const rows = readFileSync(join(DOCS, 'first-deployment-checks.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| check'));

  test.each(rows.map((row) => [row.split(' | ')[0], row] as const))(
    '%s: what to run, what to expect, and why',
    (_, row) => {
      const cells = row.slice(2, -2).split(' | ');
      expect(cells).toHaveLength(4);
      expect(cells[3]).toMatch(/https:\/\/(docs\.)?aws\.amazon\.com\//);
    },
  );
});
