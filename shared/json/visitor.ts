/** The type of a value, as its first byte shows it: `literal` is a number, `true`, `false` or `null`. */
export type ValueType = 'object' | 'array' | 'string' | 'literal';

/** Is called for the values of a JSON text, in order. */
export interface JsonVisitor {
  /**
   * @returns whether what is in it is wanted: the text of a string or literal, the keys and values of a container. What is
   * not wanted is skipped, until its `end`.
   */
  begin(type: ValueType): boolean;
  /** A key of a wanted object. `undefined`: it is longer than {@link MAX_TOKEN_BYTES}. */
  key(key: string | undefined): void;
  /** @param text of a wanted string or literal, as it is in the JSON text, without quotes; `undefined` as in `key`. */
  end(text?: string): void;
}

/** The bytes are not a JSON text, or only the start of one. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** The longest key, string or number that is given to a visitor. */
export const MAX_TOKEN_BYTES = 1024;

/** The value of a string, given as the text between its quotes. @throws JsonError */
export function stringOf(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return String(parseToken(`"${raw}"`));
}

/** @throws JsonError */
export function parseToken(token: string): unknown {
  try {
    return JSON.parse(token) as unknown;
  } catch {
    throw new JsonError('an invalid value');
  }
}
