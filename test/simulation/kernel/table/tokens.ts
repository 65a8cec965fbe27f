import { validationException } from './values.ts';

/** The words of an expression, with the position for error messages left out. */
const TOKEN = /\s*(<>|<=|>=|[=<>(),.]|[#:]?[A-Za-z_0-9]+)/y;

/** Reads an expression word by word. */
export class Tokens {
  readonly expression: string;
  readonly #tokens: string[] = [];
  #position = 0;

  constructor(expression: string) {
    this.expression = expression;
    const text = expression.trimEnd();
    TOKEN.lastIndex = 0;
    for (let read = 0; read < text.length; read = TOKEN.lastIndex) {
      const [, token] = TOKEN.exec(text) ?? [];
      if (token === undefined) throw this.error(`unknown character at ${read}`);
      this.#tokens.push(token);
    }
  }

  /** The next word, or one that no expression has at the end. */
  peek(ahead = 0): string {
    return this.#tokens[this.#position + ahead] ?? '';
  }

  next(): string {
    const token = this.peek();
    if (token === '') throw this.error('unexpected end');
    this.#position += 1;
    return token;
  }

  /** Takes the next word if it is this one; keywords in upper or lower case. */
  take(token: string): boolean {
    if (this.peek().toUpperCase() !== token) return false;
    this.#position += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.error(`expected ${token}, not ${this.peek() || 'the end'}`);
  }

  error(message: string): Error {
    return validationException(`${message} in: ${this.expression}`);
  }
}
