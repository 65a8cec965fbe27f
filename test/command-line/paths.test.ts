import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { callersFolder, pathValue, shellWord } from '../../infra/command-line/paths.ts';

describe('the folder of the caller', () => {
  const npm = { INIT_CWD: '/project/docs', npm_package_json: '/project/package.json' };

  it('is the one that npm was called in, where npm has changed it', () => {
    expect(callersFolder(npm, '/project')).toBe('/project/docs');
  });

  it.each([
    ['without npm', {}],
    ['in a process that a script started elsewhere', { ...npm, npm_package_json: '/other/package.json' }],
  ])('is the folder of the process %s', (_, variables) => {
    expect(callersFolder(variables, '/project')).toBe('/project');
  });
});

it('an empty path is refused, as an unset variable of a shell has it', () => {
  expect(() => pathValue('')).toThrow('It is empty.');
});

it.each(['/a/b-1_c.d', '../x', '/a b', "it's", '$HOME', '*', ''])('%j is one word of a shell', (text) => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
});
