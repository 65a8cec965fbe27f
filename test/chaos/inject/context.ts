import type { Fault, FaultProfile, Tally } from '../faults.ts';

/** What fails altogether for a while, apart from single faults. */
export class Outages {
  readonly #until = new Map<Fault, number>();

  begin(fault: Fault, milliseconds: number): void {
    this.#until.set(fault, Date.now() + milliseconds);
  }

  has(fault: Fault): boolean {
    return (this.#until.get(fault) ?? 0) > Date.now();
  }

  end(): void {
    this.#until.clear();
  }
}

/** What decides whether something goes wrong. */
export interface FaultContext {
  readonly profile: FaultProfile;
  readonly outages: Outages;
  readonly random: () => number;
  readonly tally: Tally;
  /** The fault run is over: nothing goes wrong any more. */
  isOver: boolean;
}

/** Decides about a single fault, at random or because of an outage, and counts it. */
export function strikes(context: FaultContext, fault: Fault, chance: number): boolean {
  const drawn = context.random();
  if (context.isOver || !context.profile.has(fault)) return false;
  const struck = drawn < chance || context.outages.has(fault);
  if (struck) context.tally.add(fault);
  return struck;
}
