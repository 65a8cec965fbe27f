/**
 * A small repeatable generator (mulberry32): the same seed gives the same numbers in [0, 1).
 *
 * Not for secrets.
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An independent generator, so that drawing from one purpose does not shift another. */
export function fork(random: () => number): () => number {
  return seeded(Math.floor(random() * 2 ** 32));
}

export interface Ids {
  /** A random uuid (version 4), lower case and dashed. */
  uuid(): string;
  /** A uuid that starts with the time (version 7), as in the observed `Webhook-Request-Id`. */
  uuidV7(atMs: number): string;
  /** Ascending, also over restarts; nine digits, about the real size. */
  pk(): string;
  hex(digits: number): string;
}

/** Pks count tenths of a second from here, and one more for each id: a later run starts above an earlier one. */
const PK_EPOCH = Date.UTC(2024, 0, 1);

export function createIds(random: () => number, now: () => number): Ids {
  let lastPk = Math.floor((now() - PK_EPOCH) / 100);
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const variant = () => '89ab'.charAt(Math.floor(random() * 4)) + hex(3);
  return {
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${variant()}-${hex(12)}`,
    uuidV7: (atMs) => {
      const time = Math.floor(atMs).toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant()}-${hex(12)}`;
    },
    pk: () => {
      lastPk += 1;
      return String(lastPk);
    },
  };
}
