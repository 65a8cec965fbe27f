/**
 * Control characters (C0, C1), the separators of lines and paragraphs, and marks that change the direction of text. A terminal
 * acts on them: text of a delivery could forge lines, or hide what follows.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** What follows the escape character where a program colours its own text. */
const COLOUR = /^\[[\d;]{0,12}m/;

/** A value in one line, with every character that a terminal would act on as `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escaped);
}

/** A text of several lines that may have colours; everything else as in {@link printable}. */
export function printableText(text: string): string {
  return text.replaceAll(UNSAFE, (character, at: number) => {
    const isOwn =
      character === '\n' ||
      character === '\t' ||
      (character === '\u001b' && COLOUR.test(text.slice(at + 1, at + 16)));
    return isOwn ? character : escaped(character);
  });
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
