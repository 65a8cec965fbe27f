/** In V8 since 11.4, not yet in TypeScript's library. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/**
 * A pk as `JSON.stringify` must write it: an integer without quotes, every digit kept (docs/ocrolus.md#large-pks). `null`
 * where there is none.
 *
 * @throws SyntaxError when the text is not a JSON number.
 */
export function integer(digits: string | undefined): unknown {
  return digits === undefined ? null : JSON.rawJSON(digits);
}
