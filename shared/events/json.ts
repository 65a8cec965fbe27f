/** `JSON.parse` with access to the source text of a primitive; in V8 since 11.4, not yet in TypeScript's library. */
const parseWithSource: (
  text: string,
  reviver: (key: string, value: unknown, context?: { source?: string }) => unknown,
) => unknown = JSON.parse;

/** Matches numbers with 16 digits or more, also in strings. */
const MAY_LOSE_DIGITS = /(?:^|[\s:,[])-?\d{16,}(?:[\s,\]}]|$)/;

/**
 * Parses JSON and keeps the digits of integers beyond 2^53, which Ocrolus's pks may reach (docs/ocrolus.md#large-pks):
 * such an integer becomes a string of its digits.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJsonKeepingDigits(sent: string): unknown {
  const text = withoutByteOrderMark(sent);
  // Checking every value takes ten times as long as parsing, and is rarely needed.
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, context) => {
    const source = context?.source ?? '';
    const losesDigits = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
    return losesDigits ? source : value;
  });
}

/** Parses JSON, also after a byte order mark. @returns `undefined` for a text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(text));
  } catch {
    return undefined;
  }
}

/**
 * Some clients put a byte order mark before JSON, which `JSON.parse` refuses. A parser may ignore it
 * (https://www.rfc-editor.org/rfc/rfc8259#section-8.1).
 */
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
