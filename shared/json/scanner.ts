import {
  ARRAY_BEGIN,
  ARRAY_END,
  BACKSLASH,
  COLON_SIGN,
  COMMA,
  ENDS_RUN,
  IS_LITERAL,
  isSpace,
  MATTERS,
  OBJECT_BEGIN,
  OBJECT_END,
  QUOTE,
} from './bytes.ts';
import { JsonError, type JsonVisitor, MAX_TOKEN_BYTES, stringOf } from './visitor.ts';

/** Limits the memory of a scan; answers of Ocrolus have about ten levels. */
const MAX_DEPTH = 512;

/** What comes next. Numbers instead of strings: the loop below runs for each byte of 200 MB. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON = 4;
const COMMA_OR_END = 5;
const STRING = 6;
const ESCAPED = 7;
const LITERAL = 8;
const SKIPPING = 9;
const DONE = 10;

/**
 * Reads a JSON text of any size piece by piece, in memory that does not grow with it. It checks the structure (brackets,
 * quotes, commas, colons, and that nothing is missing at the end), but not numbers, escapes and UTF-8; of what is skipped
 * only brackets and quotes.
 */
export class JsonScanner {
  readonly #visitor: JsonVisitor;
  /** For each open container, whether it is an object. */
  readonly #open: boolean[] = [];
  /** Length of `#open` outside of the container that is being skipped; -1: none is. */
  #skippedTo = -1;
  #state = VALUE;
  #isKey = false;
  #isWanted = false;
  #token: Buffer[] = [];
  #tokenBytes = 0;
  #chunk: Uint8Array = new Uint8Array();
  /** Where the present call of the visitor is: the first byte of a value, or the one after its last. */
  #at = 0;
  #recorder: ((bytes: Uint8Array) => void) | undefined;
  #recordedFrom = 0;

  constructor(visitor: JsonVisitor) {
    this.#visitor = visitor;
  }

  /**
   * For visitors: gives the bytes of a value to `sink`, from the `begin` in which this is called until the `end` in which
   * {@link stopRecording} is. The bytes are only valid during the call.
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
    let i = 0;
    while (i < length) {
      const byte = chunk[i] as number;
      switch (this.#state) {
        case STRING: {
          const from = i;
          while (i < length && ENDS_RUN[chunk[i] as number] === 0) i += 1;
          if (this.#isWanted && i > from) this.#collect(from, i);
          if (i < length) this.#endRun(chunk[i] as number, i);
          i += 1;
          break;
        }
        case ESCAPED:
          if (this.#isWanted) this.#collect(i, i + 1);
          this.#state = STRING;
          i += 1;
          break;
        case LITERAL: {
          const from = i;
          while (i < length && IS_LITERAL[chunk[i] as number] === 1) i += 1;
          if (this.#isWanted && i > from) this.#collect(from, i);
          if (i < length) this.#endValue(i, this.#takeToken());
          break;
        }
        case SKIPPING:
          while (i < length && MATTERS[chunk[i] as number] === 0) i += 1;
          if (i < length) this.#skip(chunk[i] as number, i);
          i += 1;
          break;
        default:
          if (!isSpace(byte)) this.#structure(byte, i);
          i += 1;
      }
    }
    this.#recorder?.(chunk.subarray(this.#recordedFrom));
  }

  /** Ends the text. @throws JsonError when something is missing. */
  end(): void {
    if (this.#state === LITERAL && this.#open.length === 0) {
      this.#chunk = new Uint8Array();
      this.#recordedFrom = 0;
      this.#endValue(0, this.#takeToken());
    }
    if (this.#state !== DONE) throw new JsonError('the text ends too early');
  }

  /** A byte in a string that is not an ordinary character. */
  #endRun(byte: number, at: number): void {
    if (byte === QUOTE) {
      if (this.#skippedTo >= 0) this.#state = SKIPPING;
      else this.#endString(at + 1);
    } else if (byte === BACKSLASH) {
      if (this.#isWanted) this.#collect(at, at + 1);
      this.#state = ESCAPED;
    } else throw new JsonError('a control character in a string');
  }

  /** A quote or bracket in what is not wanted. */
  #skip(byte: number, at: number): void {
    if (byte === QUOTE) {
      this.#isWanted = false;
      this.#state = STRING;
    } else if (byte === OBJECT_BEGIN || byte === ARRAY_BEGIN) this.#push(byte === OBJECT_BEGIN);
    else if (byte !== (this.#open.at(-1) === true ? OBJECT_END : ARRAY_END))
      throw new JsonError('brackets differ');
    else if (this.#open.length > this.#skippedTo + 1) this.#open.pop();
    else {
      this.#skippedTo = -1;
      this.#close(at);
    }
  }

  #push(isObject: boolean): void {
    if (this.#open.length === MAX_DEPTH) throw new JsonError('too many levels');
    this.#open.push(isObject);
  }

  /** A byte outside of strings and literals. */
  #structure(byte: number, at: number): void {
    const isInObject = this.#open.at(-1) === true;
    const isEnd = byte === (isInObject ? OBJECT_END : ARRAY_END);
    switch (this.#state) {
      case COMMA_OR_END:
        if (isEnd && this.#open.length > 0) this.#close(at);
        else if (byte === COMMA) this.#state = isInObject ? KEY : VALUE;
        else throw new JsonError('no comma');
        break;
      case COLON:
        if (byte !== COLON_SIGN) throw new JsonError('no colon');
        this.#state = VALUE;
        break;
      case KEY_OR_END:
      case KEY:
        if (byte === QUOTE) this.#beginKey();
        else if (isEnd && this.#state === KEY_OR_END) this.#close(at);
        else throw new JsonError('no key');
        break;
      case VALUE_OR_END:
        if (isEnd) this.#close(at);
        else this.#begin(byte, at);
        break;
      case VALUE:
        this.#begin(byte, at);
        break;
      default:
        throw new JsonError('more than one value');
    }
  }

  #beginKey(): void {
    this.#isKey = true;
    this.#isWanted = true;
    this.#state = STRING;
  }

  #begin(byte: number, at: number): void {
    this.#at = at;
    if (byte === OBJECT_BEGIN || byte === ARRAY_BEGIN) {
      const isObject = byte === OBJECT_BEGIN;
      const isWanted = this.#visitor.begin(isObject ? 'object' : 'array');
      if (!isWanted) this.#skippedTo = this.#open.length;
      this.#push(isObject);
      this.#state = isWanted ? (isObject ? KEY_OR_END : VALUE_OR_END) : SKIPPING;
    } else if (byte === QUOTE) {
      this.#isWanted = this.#visitor.begin('string');
      this.#isKey = false;
      this.#state = STRING;
    } else if (IS_LITERAL[byte] === 1) {
      this.#isWanted = this.#visitor.begin('literal');
      if (this.#isWanted) this.#collect(at, at + 1);
      this.#state = LITERAL;
    } else throw new JsonError('no value');
  }

  #close(at: number): void {
    this.#open.pop();
    this.#endValue(at + 1);
  }

  #endString(end: number): void {
    const raw = this.#takeToken();
    if (!this.#isKey) {
      this.#endValue(end, raw);
      return;
    }
    this.#state = COLON;
    this.#visitor.key(raw === undefined ? undefined : stringOf(raw));
  }

  #endValue(end: number, text?: string): void {
    this.#at = end;
    this.#state = this.#open.length === 0 ? DONE : COMMA_OR_END;
    this.#visitor.end(text);
  }

  #collect(from: number, to: number): void {
    this.#tokenBytes += to - from;
    // The chunk may be reused, and would otherwise be kept as a whole.
    if (this.#tokenBytes <= MAX_TOKEN_BYTES) this.#token.push(Buffer.from(this.#chunk.subarray(from, to)));
  }

  #takeToken(): string | undefined {
    if (!this.#isWanted) return undefined;
    const text =
      this.#tokenBytes <= MAX_TOKEN_BYTES ? Buffer.concat(this.#token).toString('utf8') : undefined;
    this.#token = [];
    this.#tokenBytes = 0;
    return text;
  }
}
