import type { EmulatedStack } from '../emulated-stack.ts';
import type { Moto } from '../moto.ts';

/** Asks the emulator's services what has been created, and compares it with what the template says. */
export interface ReadBack {
  /** What is compared, as the end of a sentence. */
  readonly what: string;
  /** The types of resources that it compares. */
  readonly types: readonly string[];
  /** @throws AssertionError that names the resource. */
  compare(moto: Moto, stack: EmulatedStack): Promise<void>;
}

/** A map from a list of keys and values, as several services have it. */
export function byName(
  pairs: readonly Readonly<Record<string, string>>[],
  key = 'Key',
): Record<string, string | undefined> {
  return Object.fromEntries(pairs.map((pair) => [String(pair[key]), pair.Value]));
}
