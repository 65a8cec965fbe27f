const byteOf = (character: string) => character.charCodeAt(0);
const TAB = byteOf('\t');
const LF = byteOf('\n');
const CR = byteOf('\r');
export const SPACE = byteOf(' ');
export const QUOTE = byteOf('"');
export const COMMA = byteOf(',');
export const COLON_SIGN = byteOf(':');
export const BACKSLASH = byteOf('\\');
export const ARRAY_BEGIN = byteOf('[');
export const ARRAY_END = byteOf(']');
export const OBJECT_BEGIN = byteOf('{');
export const OBJECT_END = byteOf('}');
/** By byte: 1 for the characters of numbers, `true`, `false` and `null`. */
export const IS_LITERAL = new Uint8Array(256);
for (const character of '0123456789+-.eEtrufalsn') IS_LITERAL[byteOf(character)] = 1;
/** By byte: 1 for what ends a run of ordinary characters in a string. */
export const ENDS_RUN = new Uint8Array(256).fill(1, 0, SPACE);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;
/** By byte: 1 for what matters outside of strings where nothing is wanted. */
export const MATTERS = new Uint8Array(256);
for (const character of '"[]{}') MATTERS[byteOf(character)] = 1;

/** Whether a byte is JSON's white space. */
export function isSpace(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}
