const WINDOW_MS = 1000;

export type SlidingSecond = ReturnType<typeof slidingSecond>;

/** At most so many calls in any one second; a refused call does not count. */
export function slidingSecond(limit: number, now: () => number) {
  let accepted: number[] = [];
  return {
    hasRoom(): boolean {
      accepted = accepted.filter((at) => at > now() - WINDOW_MS);
      return accepted.length < limit;
    },
    count: () => void accepted.push(now()),
  };
}
