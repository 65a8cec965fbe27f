/** Type of a value, known from its first byte: `literal` is a number, `true`, `false` or `null`. */
export type ValueType = 'object' | 'array' | 'string' | 'literal';

/** Receives the values of a JSON text, in order. */
export interface JsonVisitor {
  /** @returns whether the visitor wants the content; otherwise the next call is its `endValue`. */
  beginValue(type: ValueType): boolean;
  /** A key of a wanted object. `undefined`: it is longer than {@link MAX_TOKEN_BYTES}. */
  key(key: unknown): void;
  /** @param value of a wanted string or literal; `undefined` as in `key`. */
  endValue(value?: unknown): void;
}

/** The bytes are no JSON text, or only the start of one. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** Longest key, string or number that a visitor receives. */
const MAX_TOKEN_BYTES = 1024;

/** Limits the memory of a scan; answers of Ocrolus have about ten levels. */
const MAX_DEPTH = 512;

/** Some send it before the text; a parser may ignore it (https://www.rfc-editor.org/rfc/rfc8259#section-8.1). */
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

const byteOf = (character: string) => character.charCodeAt(0);
const SPACE = byteOf(' ');
const QUOTE = byteOf('"');
const BACKSLASH = byteOf('\\');
const COMMA = byteOf(',');
const COLON_SIGN = byteOf(':');
const OBJECT = { begin: byteOf('{'), end: byteOf('}') };
const ARRAY = { begin: byteOf('['), end: byteOf(']') };

/** Lookup table by byte, with 1 for the given characters. */
function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[byteOf(character)] = 1;
  return table;
}
const IS_SPACE = tableOf(' \t\n\r');
/** Numbers, `true`, `false` and `null`. */
const IS_LITERAL = tableOf('0123456789+-.eEtrufalsn');
/** Bytes that end a run of ordinary characters in a string. */
const ENDS_RUN = tableOf('"\\').fill(1, 0, SPACE);

/** States: what comes next. Numbers instead of strings, because the loop below runs for each byte of 200 MB. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON = 4;
const COMMA_OR_END = 5;
const STRING = 6;
const ESCAPED = 7;
const LITERAL = 8;
const DONE = 9;

/**
 * Reads a JSON text of any size piece by piece, in memory that does not grow with it. Checks the structure (brackets,
 * quotes, commas, colons, and a complete end), but not the numbers, escapes and UTF-8 of unwanted values.
 * docs/decisions/0021 says why no library is used.
 */
export class JsonScanner {
  readonly #visitor: JsonVisitor;
  /** For each open container, true if it is an object. */
  readonly #open: boolean[] = [];
  /** Number of open containers beyond which nothing is wanted. */
  #wantedLevels = MAX_DEPTH;
  #state = VALUE;
  #isKey = false;
  /** True if the key, string or literal that is being read is wanted. */
  #isWanted = false;
  #token: Buffer[] = [];
  #tokenBytes = 0;
  #chunk: Uint8Array = new Uint8Array();
  /** Position of the present call of the visitor: the first byte of a value, or the one after its last. */
  #at = 0;
  #recorder: ((bytes: Uint8Array) => void) | undefined;
  #recordedFrom = 0;

  constructor(visitor: JsonVisitor) {
    this.#visitor = visitor;
  }

  /**
   * Gives the bytes of a value to `sink`, for visitors: from the `beginValue` that calls this to the `endValue` that
   * calls {@link stopRecording}. The bytes are only valid during the call.
   */
  record(sink: (bytes: Uint8Array) => void): void {
    this.#recorder = sink;
    this.#recordedFrom = this.#at;
  }

  stopRecording(): void {
    this.#recorder?.(this.#chunk.subarray(this.#recordedFrom, this.#at));
    this.#recorder = undefined;
  }

  /** Reads the next bytes. @throws JsonError */
  write(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#recordedFrom = 0;
    const { length } = chunk;
    for (let i = 0; i < length; ) {
      const from = i;
      switch (this.#state) {
        case STRING:
          while (i < length && ENDS_RUN[chunk[i] as number] === 0) i += 1;
          if (this.#isWanted) this.#collect(from, i);
          if (i < length) this.#endRun(chunk[i] as number, i);
          i += 1;
          break;
        case ESCAPED:
          if (this.#isWanted) this.#collect(i, i + 1);
          this.#state = STRING;
          i += 1;
          break;
        case LITERAL:
          while (i < length && IS_LITERAL[chunk[i] as number] === 1) i += 1;
          if (this.#isWanted) this.#collect(from, i);
          if (i < length) this.#endValue(i);
          break;
        default:
          if (IS_SPACE[chunk[i] as number] === 0) this.#structure(chunk[i] as number, i);
          i += 1;
      }
    }
    this.#recorder?.(chunk.subarray(this.#recordedFrom));
  }

  /** Ends the text. @throws JsonError when it is not complete. */
  end(): void {
    // Ends a number that is the whole text.
    this.write(Buffer.from(' '));
    if (this.#state !== DONE) throw new JsonError('the text ends too early');
  }

  /** Handles a byte in a string that is not an ordinary character. */
  #endRun(byte: number, at: number): void {
    if (this.#isWanted) this.#collect(at, at + 1);
    if (byte === BACKSLASH) this.#state = ESCAPED;
    else if (byte !== QUOTE) throw new JsonError('a control character in a string');
    else if (!this.#isKey) this.#endValue(at + 1);
    else {
      this.#state = COLON;
      if (this.#isWanted) this.#visitor.key(this.#takeToken());
    }
  }

  /** Handles a byte outside of strings and literals. */
  #structure(byte: number, at: number): void {
    const isInObject = this.#open.at(-1) === true;
    const isEnd = this.#open.length > 0 && byte === (isInObject ? OBJECT : ARRAY).end;
    switch (this.#state) {
      case COMMA_OR_END:
        if (isEnd) this.#close(at);
        else if (byte === COMMA) this.#state = isInObject ? KEY : VALUE;
        else throw new JsonError('no comma');
        break;
      case COLON:
        if (byte !== COLON_SIGN) throw new JsonError('no colon');
        this.#state = VALUE;
        break;
      case KEY_OR_END:
      case KEY:
        if (isEnd && this.#state === KEY_OR_END) this.#close(at);
        else if (byte === QUOTE) this.#beginToken(STRING, at, this.#isVisible());
        else throw new JsonError('no key');
        this.#isKey = true;
        break;
      case VALUE_OR_END:
        if (isEnd) this.#close(at);
        else this.#begin(byte, at);
        break;
      case VALUE:
        if (this.#open.length > 0 || !BYTE_ORDER_MARK.includes(byte)) this.#begin(byte, at);
        break;
      default:
        throw new JsonError('more than one value');
    }
  }

  #isVisible(): boolean {
    return this.#open.length <= this.#wantedLevels;
  }

  #begin(byte: number, at: number): void {
    this.#at = at;
    const isObject = byte === OBJECT.begin;
    if (isObject || byte === ARRAY.begin) {
      if (this.#open.length === MAX_DEPTH) throw new JsonError('too many levels');
      if (this.#isVisible() && !this.#visitor.beginValue(isObject ? 'object' : 'array'))
        this.#wantedLevels = this.#open.length;
      this.#open.push(isObject);
      this.#state = isObject ? KEY_OR_END : VALUE_OR_END;
      return;
    }
    const isString = byte === QUOTE;
    if (!isString && IS_LITERAL[byte] === 0) throw new JsonError('no value');
    this.#isKey = false;
    const isWanted = this.#isVisible() && this.#visitor.beginValue(isString ? 'string' : 'literal');
    this.#beginToken(isString ? STRING : LITERAL, at, isWanted);
  }

  #beginToken(state: typeof STRING | typeof LITERAL, at: number, isWanted: boolean): void {
    this.#state = state;
    this.#isWanted = isWanted;
    if (isWanted) this.#collect(at, at + 1);
  }

  #close(at: number): void {
    this.#open.pop();
    this.#isWanted = false;
    this.#endValue(at + 1);
  }

  #endValue(end: number): void {
    this.#at = end;
    this.#state = this.#open.length === 0 ? DONE : COMMA_OR_END;
    if (!this.#isVisible()) return;
    this.#wantedLevels = MAX_DEPTH;
    this.#visitor.endValue(this.#isWanted ? this.#takeToken() : undefined);
  }

  #collect(from: number, to: number): void {
    this.#tokenBytes += to - from;
    // Copied: the chunk may be reused, and a reference would keep all of it.
    if (this.#tokenBytes <= MAX_TOKEN_BYTES) this.#token.push(Buffer.from(this.#chunk.subarray(from, to)));
  }

  #takeToken(): unknown {
    const text =
      this.#tokenBytes <= MAX_TOKEN_BYTES ? Buffer.concat(this.#token).toString('utf8') : undefined;
    this.#token = [];
    this.#tokenBytes = 0;
    try {
      return text === undefined ? undefined : JSON.parse(text);
    } catch {
      throw new JsonError('an invalid value');
    }
  }
}
