import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../../../infra/functions.ts';
import { resolve } from '../../testing/resolved.ts';
import { onlyResource, resources, STAGE, synthesizeStack } from '../../testing/synthesized.ts';

const template = synthesizeStack();
const queries = new Map(
  resources(template, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => [
    String(Properties.Name).replace(`ocrolus-${STAGE}/`, ''),
    { text: String(Properties.QueryString), groups: Properties.LogGroupNames as { Ref: string }[] },
  ]),
);
/** Those that know deliveries and books: `storage` runs in deployments only. */
const functions = resources(template, 'AWS::Lambda::Function').filter(
  ([, { Properties }]) => !('DATA_TABLE' in Properties.Environment.Variables),
);
const groupsOfFunctions = functions.map(([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref);
const [, { Properties: stage }] = onlyResource(template, 'AWS::ApiGateway::Stage');
const accessLog = resolve(stage.AccessLogSetting.DestinationArn, (arn) =>
  String(Object.values(arn).flat()[0]),
);

test.each(['story of a delivery', 'story of a book'])('%s covers every log, in order of time', (name) => {
  const { text, groups = [] } = queries.get(name) ?? {};
  const all = [...groupsOfFunctions, accessLog.replace(/^arn:.*:/, '')];
  expect(all).toHaveLength(FUNCTION_NAMES.length);
  expect(groups.map(({ Ref }) => Ref).sort()).toEqual(all.sort());
  // CloudWatch's limit for one query.
  expect(groups.length).toBeLessThanOrEqual(50);
  expect(text).toContain('| sort @timestamp asc');
});

test('queries filter on messages that some function logs', async () => {
  const source = (await Promise.all(['functions', 'shared'].map(sourceOf))).join('\n');
  const named = [...queries.values()].flatMap(({ text }) =>
    [...text.matchAll(/message (?:= "([^"]+)"|in \[([^\]]+)\])/g)].flatMap(([, one, several = '']) =>
      one === undefined ? [...several.matchAll(/"([^"]+)"/g)].map(([, text = '']) => text) : [one],
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  for (const message of named) expect(source).toContain(`'${message}'`);
});

/** The text of every file below a folder of the project. */
async function sourceOf(folder: string): Promise<string> {
  const root = join(import.meta.dirname, '../../../..', folder);
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return (await Promise.all(files.map((name) => readFile(join(root, name), 'utf8')))).join('\n');
}
