import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { confirm } from '../../../infra/command-line/confirm.ts';
import { type Progress, type ProgressMessage, progressBar } from '../../../infra/command-line/progress.ts';
import { PLAIN, printable, printableText, screenOf } from '../../../infra/command-line/screen.ts';
import { tableText } from '../../../infra/command-line/table-text.ts';

describe('a screen', () => {
  /** A terminal of 100 columns, or a pipe. */
  function stream(isTTY: boolean): NodeJS.WriteStream {
    const fake: NodeJS.WriteStream = Object.create(WriteStream.prototype);
    return Object.defineProperties(fake, { isTTY: { value: isTTY }, columns: { value: 100 } });
  }
  const isColoured = (isTTY: boolean) => screenOf(stream(isTTY)).style('bold', 'x') !== 'x';

  beforeEach(() => {
    for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI']) vi.stubEnv(name, undefined);
    vi.stubEnv('TERM', 'xterm-256color');
  });
  afterEach(() => vi.unstubAllEnvs());

  it('a terminal has its width and colours, a pipe neither', () => {
    expect([screenOf(stream(true)).width, isColoured(true)]).toEqual([100, true]);
    expect([screenOf(stream(false)).width, isColoured(false)]).toEqual([Number.POSITIVE_INFINITY, false]);
  });

  it('NO_COLOR takes colours away, FORCE_COLOR colours a pipe', () => {
    vi.stubEnv('NO_COLOR', '1');
    expect(isColoured(true)).toBe(false);
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('FORCE_COLOR', '1');
    expect(isColoured(false)).toBe(true);
  });
});

describe('what a terminal would act on', () => {
  it.each([
    ['an escape sequence', 'X \u001b[31mred\u001b[0m', String.raw`X \u001b[31mred\u001b[0m`],
    ['line breaks', 'a\r\nb\u2028c\u2029d', String.raw`a\u000d\u000ab\u2028c\u2029d`],
    ['C1, as a terminal of 8 bits reads it', '\u009b31mred\u007f', String.raw`\u009b31mred\u007f`],
    ['marks of direction', '\u202egnp\u2066x\u200f', String.raw`\u202egnp\u2066x\u200f`],
  ])('%s of a value is shown, not obeyed', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('letters of any language stay', () => {
    expect(printable('Übung 你好 👋🏽 \\ "x"')).toBe('Übung 你好 👋🏽 \\ "x"');
  });

  it('a text keeps its lines and colours, and nothing else that a terminal obeys', () => {
    const text = '\u001b[33mWARN\u001b[39m\n\tnext';
    expect(printableText(text)).toBe(text);
    expect(printableText('\u001b]0;title\u0007\u001b[2J\rx')).toBe(
      String.raw`\u001b]0;title\u0007\u001b[2J\u000dx`,
    );
  });
});

describe('a table', () => {
  it('columns are as wide as their widest cell, and lines end without blanks', () => {
    const rows = [
      ['a', 'short'],
      ['longer than the header', ''],
    ];
    expect(tableText(['NAME', 'VALUE'], rows)).toBe(
      ['NAME                    VALUE', 'a                       short', 'longer than the header'].join('\n'),
    );
  });

  it('a cell cannot break out of its row, or colour it', () => {
    const row = ['X \u001b[31mred \n evil line', 'next'];
    expect(tableText(['NAME', 'VALUE'], [row]).split('\n')).toEqual([
      expect.stringMatching(/^NAME +VALUE$/),
      String.raw`X \u001b[31mred \u000a evil line  next`,
    ]);
  });

  describe('on a narrow screen', () => {
    const id = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
    const header = ['BOOK', 'EVENT', 'WHY'];
    const rows = [[id, 'document.verification_succeeded', 'retries-used-up (http-403 x4, network)']];
    const at = (width: number) => tableText(header, rows, { ...PLAIN, width });

    it('long texts are cut, and ids are not', () => {
      expect(at(80).split('\n')).toEqual([
        'BOOK                                  EVENT                 WHY',
        `${id}  document.verificati…  retries-used-up (ht…`,
      ]);
    });

    it('every line fits, or is a value on a line of its own', () => {
      for (let width = 66; width <= 120; width += 1) {
        for (const line of at(width).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      }
      expect(at(60)).toBe(
        [
          `BOOK   ${id}`,
          'EVENT  document.verification_succeeded',
          'WHY    retries-used-up (http-403 x4, network)',
        ].join('\n'),
      );
    });
  });
});

describe('a progress bar', () => {
  /** Draws on a terminal, or into a file. @returns what is written. */
  const drawn = (
    total: number | undefined,
    isTTY: boolean,
    draw: (bar: Progress, wait: () => void) => void,
  ) => {
    const written: string[] = [];
    const terminal = { isTTY, write: (text: string) => written.push(text) };
    let time = 0;
    draw(progressBar(total, { terminal, now: () => time }), () => {
      time += 100;
    });
    return written;
  };

  it('is drawn on a terminal, not too often, and cleared in the end; not into a file', () => {
    const draw = (bar: Progress, wait: () => void) => {
      bar.show(1);
      bar.show(2);
      wait();
      bar.show(5, 'here');
      bar.show(10);
      bar.end();
    };
    expect(drawn(10, true, draw)).toEqual([
      expect.stringContaining(' 1/10'),
      `\r\x1b[K${'█'.repeat(15)}${'░'.repeat(15)} 5/10 here`,
      expect.stringContaining('10/10'),
      '\r\x1b[K',
    ]);
    expect(drawn(10, false, draw)).toEqual([]);
  });

  it('is reported to a parent that asks for it, not too often', () => {
    const sent: ProgressMessage[] = [];
    let time = 0;
    const terminal = { isTTY: false, write: () => expect.fail('it draws into a file') };
    const bar = progressBar(10, { terminal, send: (message) => sent.push(message), now: () => time });
    bar.show(1);
    bar.show(2);
    time += 100;
    bar.show(5, 'here');
    bar.end();
    expect(sent).toEqual([
      { done: 1, total: 10, note: '' },
      { done: 5, total: 10, note: 'here' },
    ]);
  });

  it('shows an estimate that was too low, and only counts without one', () => {
    expect(drawn(0, true, (bar) => bar.show(3)).join('')).toContain('3/3');
    expect(drawn(undefined, true, (bar) => bar.show(3, 'books'))).toEqual(['\r\x1b[K3 books']);
  });
});

describe('a question', () => {
  /** Asks on a terminal. @param act types the answer. @returns what is shown. */
  async function ask(act: (input: PassThrough, abort: () => void) => void): Promise<string> {
    const prompt = {
      input: Object.assign(new PassThrough(), { isTTY: true }),
      output: Object.assign(new PassThrough(), { isTTY: true }),
    };
    const controller = new AbortController();
    const asked = confirm('delete it', { isAgreed: false, prompt, signal: controller.signal });
    act(prompt.input, () => controller.abort());
    await asked;
    return String(prompt.output.read() ?? '');
  }

  it.each(['y', 'Y', 'yes', ' y '])('%j is a yes', async (answer) => {
    expect(await ask((input) => input.write(`${answer}\n`))).toBe('delete it\nDo it? [y/N] ');
  });

  it.each(['', 'n', 'yup', 'no'])('%j is a no', async (answer) => {
    await expect(ask((input) => input.write(`${answer}\n`))).rejects.toThrow('nothing was done');
  });

  it('that ends, or is interrupted, is answered by no', async () => {
    await expect(ask((input) => input.end())).rejects.toThrow('nothing was done');
    await expect(ask((_, abort) => abort())).rejects.toThrow('nothing was done');
  });
});
