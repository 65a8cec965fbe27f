import { JsonScanner } from './scanner.ts';
import type { JsonVisitor, ValueType } from './visitor.ts';

/**
 * Splits a JSON text into the elements of the array under a key of its outermost object, each as the bytes that it has in
 * the text. Keeps one element and one chunk in memory.
 *
 * @throws JsonError, after the elements before it, when the text is not complete.
 */
export async function* rowsOf(chunks: AsyncIterable<Uint8Array>, key: string): AsyncGenerator<Buffer> {
  const rows: Buffer[] = [];
  let parts: Buffer[] = [];
  const scanner: JsonScanner = new JsonScanner(
    new Elements(key, {
      begin: () => scanner.record((bytes) => parts.push(Buffer.from(bytes))),
      end: () => {
        scanner.stopRecording();
        rows.push(Buffer.concat(parts));
        parts = [];
      },
    }),
  );
  for await (const chunk of chunks) {
    scanner.write(chunk);
    yield* rows.splice(0);
  }
  scanner.end();
  yield* rows.splice(0);
}

/** Where the elements are: the root object has level 0, the array level 1, its elements level 2. */
const ELEMENTS = 2;

class Elements implements JsonVisitor {
  readonly #wanted: string;
  readonly #element: { begin(): void; end(): void };
  #key: string | undefined;
  #isInArray = false;
  #level = 0;

  constructor(wanted: string, element: { begin(): void; end(): void }) {
    this.#wanted = wanted;
    this.#element = element;
  }

  begin(type: ValueType): boolean {
    const level = this.#level;
    this.#level += 1;
    if (level === 1) this.#isInArray = type === 'array' && this.#key === this.#wanted;
    else if (level === ELEMENTS) this.#element.begin();
    return level === 0 ? type === 'object' : level === 1 && this.#isInArray;
  }

  key(key: string | undefined): void {
    this.#key = key;
  }

  end(): void {
    this.#level -= 1;
    if (this.#level === ELEMENTS) this.#element.end();
  }
}
