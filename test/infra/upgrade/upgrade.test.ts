import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Settings } from '../../../infra/config/settings.ts';
import type { CloudFormation } from '../rules/template.ts';
import { synthesizeStack, withStack } from '../synthesized.ts';
import { variant, variantTemplate } from '../variants.ts';
import { CHANGES } from './changes.ts';
import { DATA, dataIn, lostBetween } from './data.ts';
import pinned from './data-resources.json' with { type: 'json' };

const before = variantTemplate('default');

describe('a deployment with another value of a setting loses nothing', () => {
  test.each(CHANGES.map((change) => [JSON.stringify(change), change] as const))('%s', (_, change) => {
    const after: CloudFormation = { Resources: {}, ...synthesizeStack(change).toJSON() };
    expect(lostBetween(before, after)).toEqual([]);
  });

  test('every setting is tried', () => {
    const tried = new Set(CHANGES.flatMap((change) => Object.keys(change)));
    expect(Object.keys(Settings.shape).filter((setting) => !tried.has(setting))).toEqual(['stage']);
  });

  test('a loss is detected', () => {
    const [queue = ''] = dataIn(before).keys();
    const { [queue]: gone, ...others } = before.Resources;
    expect(lostBetween(before, { Resources: others })).toEqual([expect.stringContaining('is gone')]);
    const renamed = synthesizeStack({ accounts: ['lending'] }).toJSON();
    expect(lostBetween(before, { Resources: {}, ...renamed }).length).toBe(2);
  });
});

describe('cdk diff', () => {
  let folder: string;
  let template: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'diff-'));
    template = join(folder, 'before.template.json');
    writeFileSync(template, JSON.stringify(before));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('between two versions names no resource with data that is replaced', () => {
    const cdk = join(import.meta.dirname, '../../../node_modules/.bin/cdk');
    const diff = withStack(
      {
        ...variant('default'),
        logLevel: 'DEBUG',
        poll: { minutes: 10 },
        ledgerDays: 365,
        tags: { owner: 'lending' },
      },
      (stack) => {
        if (!(stack.node.root instanceof App)) throw new Error('the stack is in no app');
        const assembly = stack.node.root.synth().directory;
        return spawnSync(cdk, ['diff', '--app', assembly, '--template', template, '--no-color'], {
          cwd: folder,
          encoding: 'utf8',
          // `cdk.json` has the same, but is not read here.
          env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
        });
      },
    );
    expect(diff.status, diff.stderr).toBe(0);
    const output = diff.stdout + diff.stderr;
    // The diff has the changes of the logs and of the schedule.
    expect(output).toMatch(/\[~\] AWS::Scheduler::Schedule/);
    const replaced = output.split('\n').filter((line) => /replace|destroy|\[-\]/i.test(line));
    expect(replaced.filter((line) => Object.keys(DATA).some((type) => line.includes(type)))).toEqual([]);
  });
});

test('resources with data keep their logical ids, by which CloudFormation knows them', () => {
  const ids = Object.fromEntries(
    Object.keys(DATA).map((type) => [
      type,
      [...dataIn(before)]
        .filter(([, { Type }]) => Type === type)
        .map(([id]) => id)
        .sort(),
    ]),
  );
  // Another id is another resource, and the old one is deleted or left behind: never change this file for a
  // resource that has been deployed.
  expect(ids).toEqual(pinned);
});
