import { JsonScanner, type JsonVisitor, type ValueType } from './scanner.ts';

/**
 * Splits a JSON text into the elements of the array under a key of its outermost object, each as its bytes in the
 * text. Keeps one element and one chunk in memory.
 *
 * @throws JsonError, after the elements before it, when the text is not complete.
 */
export async function* rowsOf(chunks: AsyncIterable<Uint8Array>, key: string): AsyncGenerator<Buffer> {
  const elements = new Elements(key);
  for await (const chunk of chunks) {
    elements.scanner.write(chunk);
    yield* elements.rows.splice(0);
  }
  elements.scanner.end();
  yield* elements.rows.splice(0);
}

/** Level of the elements: the root object has level 0, the array level 1. */
const ELEMENTS = 2;

class Elements implements JsonVisitor {
  readonly scanner = new JsonScanner(this);
  readonly rows: Buffer[] = [];
  readonly #wanted: string;
  #parts: Buffer[] = [];
  #key: unknown;
  #isInArray = false;
  #level = 0;

  constructor(wanted: string) {
    this.#wanted = wanted;
  }

  beginValue(type: ValueType): boolean {
    const level = this.#level;
    this.#level += 1;
    if (level === 1) this.#isInArray = type === 'array' && this.#key === this.#wanted;
    else if (level === ELEMENTS) this.scanner.record((bytes) => this.#parts.push(Buffer.from(bytes)));
    return level === 0 ? type === 'object' : level === 1 && this.#isInArray;
  }

  key(key: unknown): void {
    this.#key = key;
  }

  endValue(): void {
    this.#level -= 1;
    if (this.#level !== ELEMENTS) return;
    this.scanner.stopRecording();
    this.rows.push(Buffer.concat(this.#parts.splice(0)));
  }
}
