import { expect, it } from 'vitest';
import { printable, printableText } from '../../infra/command-line/screen.ts';

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
