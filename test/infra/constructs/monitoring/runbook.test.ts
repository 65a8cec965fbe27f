import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALARM_IDS, GROUPS } from '../../../../infra/constructs/monitoring/alarm-definition.ts';
import { programOf } from '../../ops/testing/program.ts';
import { resources, STAGE, synthesizeStack } from '../../testing/synthesized.ts';

const root = join(import.meta.dirname, '../../../..');
const runbook = await readFile(join(root, 'docs/runbook.md'), 'utf8');
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);

test('every alarm has a section, and every section an alarm', () => {
  expect([...sections.keys()].sort()).toEqual([...GROUPS, ...ALARM_IDS].sort());
});

describe.each([...sections])('%s', (_id, text) => {
  test('says what it means, where to look, what to do, when it is over, and how it was rehearsed', () => {
    const parts = [...text.matchAll(/^\*\*(.+?)\.\*\* /gm)].map(([, part]) => part);
    expect(parts).toEqual(['Meaning', 'Look here', 'Do this', 'Over when', 'Rehearsed']);
  });
});

test('names existing saved queries', () => {
  const known = resources(synthesizeStack(), 'AWS::Logs::QueryDefinition').map(([, { Properties }]) =>
    String(Properties.Name).replace(`ocrolus-${STAGE}/`, ''),
  );
  const named = [...runbook.matchAll(/saved query `([^`]+)`/gi)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(known).toContain(name);
});

test('names existing commands of ops', () => {
  const known = programOf().commands.map((command) => command.name());
  const named = [...runbook.matchAll(/ops -- ([a-z]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(known).toContain(name);
});

test('links to existing alarms', async () => {
  const alarms = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
  for (const anchor of alarms) expect([...sections.keys()]).toContain(anchor);
});
