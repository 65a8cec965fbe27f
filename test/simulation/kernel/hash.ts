/** Two lanes of FNV-1a with different primes: 64 bits, and a nanosecond or two a character. */
const FIRST_PRIME = 0x0100_0193;
const SECOND_PRIME = 0x5bd1_e995;

/** A hash of a text as two numbers of 32 bits. */
export function hashText(text: string, salt: number): [number, number] {
  const hash = new RunningHash(salt);
  hash.text(text);
  return hash.lanes();
}

/** A hash of everything that was added so far, in this order. */
export class RunningHash {
  #first: number;
  #second: number;

  constructor(salt = 0) {
    this.#first = 0x811c_9dc5 ^ salt;
    this.#second = 0x9747_b28c ^ salt;
  }

  text(text: string): void {
    let first = this.#first;
    let second = this.#second;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      first = Math.imul(first ^ unit, FIRST_PRIME);
      second = Math.imul(second ^ unit, SECOND_PRIME);
    }
    this.#first = first;
    this.#second = second;
    this.number(text.length);
  }

  /** @param value a whole number; of a larger one than 2^53 only the lowest bits count. */
  number(value: number): void {
    this.#first = Math.imul(this.#first ^ (value | 0), FIRST_PRIME);
    this.#second = Math.imul(this.#second ^ Math.floor(value / 0x1_0000), SECOND_PRIME);
    this.#first ^= this.#first >>> 15;
    this.#second ^= this.#second >>> 13;
  }

  lanes(): [number, number] {
    return [mixed(this.#first), mixed(this.#second)];
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return this.lanes()
      .map((lane) => lane.toString(16).padStart(8, '0'))
      .join('');
  }
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output. */
function mixed(lane: number): number {
  let value = lane;
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
