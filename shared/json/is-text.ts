/** JSON or HTML, perhaps cut off, or nothing. In Latin-1, so that any bytes can be tested. */
const TEXT = /^(?:\u{ef}\u{bb}\u{bf})?\s*(?:[[{<"]|$)/u;

/** Number of bytes that decide whether a body is a text. */
const HEAD_BYTES = 256;

/**
 * True if a body begins like JSON or HTML, which no file does that Ocrolus takes or makes.
 *
 * @param start first bytes of the body.
 */
export function isText(start: Uint8Array): boolean {
  return TEXT.test(Buffer.from(start.subarray(0, HEAD_BYTES)).toString('latin1'));
}
