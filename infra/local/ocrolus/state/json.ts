/** In V8 since 11.4, not yet in TypeScript's library. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/**
 * A pk as `JSON.stringify` must write it: an integer without quotes, every digit kept. Ocrolus's pks are
 * documented as uint64 (docs/ocrolus.md#large-pks).
 *
 * @throws SyntaxError when the text is not a JSON number.
 */
export function integer(digits: string): unknown {
  return JSON.rawJSON(digits);
}

/** `null` for a pk that is not there. */
export function integerOrNull(digits: string | undefined): unknown {
  return digits === undefined ? null : integer(digits);
}
