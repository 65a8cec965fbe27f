/** V8 has it since 11.4; TypeScript's library does not have it yet. */
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

/**
 * JSON of an object with a list between its other members. The list is JSON already: of a book with 2,000 documents it is
 * not made again at each call.
 *
 * @param items separated by commas.
 */
export function withList(head: object, name: string, items: string, tail: object): string {
  const start = JSON.stringify(head).slice(0, -1);
  return `${start}${start === '{' ? '' : ','}"${name}":[${items}],${JSON.stringify(tail).slice(1)}`;
}
