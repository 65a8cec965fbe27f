import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callersFolder, pathValue, shellWord } from '../../../infra/command-line/paths.ts';
import { csvText } from '../../../infra/command-line/table-text.ts';
import { count, rate, suggestion, time } from '../../../infra/command-line/values.ts';

describe('a time', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-03-02T08:00:00.000Z') });
    vi.stubEnv('TZ', 'America/New_York');
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  it.each([
    ['45s', '2026-03-02T07:59:15.000Z'],
    ['30m', '2026-03-02T07:30:00.000Z'],
    ['2h', '2026-03-02T06:00:00.000Z'],
    ['3d', '2026-02-27T08:00:00.000Z'],
    ['1w', '2026-02-23T08:00:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-03-01T10:00', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00.5Z', '2026-03-01T10:00:00.500Z'],
    ['2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'],
  ])('%s is %s', (text, expected) => expect(time(text)).toBe(expected));

  it.each([
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-03-01T25:00',
    'yesterday',
    '2x',
    '-2h',
    '',
    '2026',
  ])('%j is refused', (text) => expect(() => time(text)).toThrow('must be a time that exists'));
});

it.each(['0', '-1', '1.5', 'many', ''])('%j is no count', (text) => {
  expect(() => count(text)).toThrow('whole number from 1 on');
});

it.each(['0', '0.01', 'fast'])('%j is no rate', (text) => expect(() => rate(text)).toThrow('from 0.1 on'));

describe('the folder of the caller', () => {
  const npm = { INIT_CWD: '/project/docs', npm_package_json: '/project/package.json' };

  it.each([
    ['the one that npm was called in, where npm has changed it', npm, '/project/docs'],
    ['that of the process without npm', {}, '/project'],
    [
      'that of a process that a script started elsewhere',
      { ...npm, npm_package_json: '/other/package.json' },
      '/project',
    ],
  ])('is %s', (_, variables, folder) => {
    expect(callersFolder(variables, '/project')).toBe(folder);
  });
});

it('an empty path is refused, as an unset variable of a shell has it', () => {
  expect(() => pathValue('')).toThrow('It is empty.');
});

it('any text is one word of a shell', () => {
  const texts = ['/a/b-1_c.d', '../x', '/a b', "it's", '$HOME', '*', ''];
  const echo = `printf '%s\\n' ${texts.map(shellWord).join(' ')}`;
  expect(execFileSync('sh', ['-c', echo], { encoding: 'utf8' })).toBe(`${texts.join('\n')}\n`);
});

describe('a suggestion', () => {
  const names = ['doc-verified', 'book-verified', 'lifecycle', 'DOC_VERIFIED'];

  it.each([
    ['doc-verifed', 'doc-verified'],
    ['lifcycle', 'lifecycle'],
    ['LIFECYCLE', 'lifecycle'],
    ['doc_verified', 'DOC_VERIFIED'],
    ['dook-verified', 'book-verified'],
  ])('for %s is %s', (word, name) => {
    expect(suggestion(word, names)).toBe(` (Did you mean ${name}?)`);
  });

  it.each(['x', '', 'analytics', 'verified-book'])('for %j there is none', (word) => {
    expect(suggestion(word, names)).toBe('');
  });

  it('needs names', () => expect(suggestion('book', [])).toBe(''));
});

describe('CSV', () => {
  it('quotes what would end a cell', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          ['1,2', 'say "x"'],
          ['two\nlines', ''],
        ],
      ),
    ).toBe('a,b\r\n"1,2","say ""x"""\r\n"two\nlines",');
  });

  it.each(['=1+1', '+1', '@x', '-x', '\tx'])('lets no spreadsheet compute %j', (cell) => {
    expect(csvText(['a'], [[cell]])).toBe(`a\r\n'${cell}`);
  });

  it('leaves negative numbers as they are', () => {
    expect(csvText(['a'], [['-1']])).toBe('a\r\n-1');
  });
});
