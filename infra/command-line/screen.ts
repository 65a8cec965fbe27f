import { styleText } from 'node:util';

export interface Screen {
  /** Width in columns; infinite if it is not a terminal. */
  readonly width: number;
  /** Colours text on a terminal, unless `NO_COLOR` is set; `FORCE_COLOR` colours it anywhere. */
  readonly style: (format: Parameters<typeof styleText>[0], text: string) => string;
}

export function screenOf(stream: NodeJS.WriteStream): Screen {
  return {
    width: stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY,
    style: (format, text) => styleText(format, text, { stream }),
  };
}

/** A screen of unlimited width, without colours. */
export const PLAIN: Screen = { width: Number.POSITIVE_INFINITY, style: (_, text) => text };

/**
 * Control characters (C0, C1), the separators of lines and paragraphs, and marks that change the direction of text.
 * Terminals act on them, so text of a delivery could forge lines, or hide the rest.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text after the escape character by which a program colours its own text. */
const COLOUR = /^\[[\d;]{0,12}m/;

/** Makes a value printable in one line: characters that a terminal would act on become escapes such as `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escaped);
}

/** Makes a text of several lines printable, which may have colours; otherwise as {@link printable}. */
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
