/** One line of the code under test, changed for the worse. */
export interface Mutation {
  /** From the root of the project. */
  readonly file: string;
  /** Found exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /** What goes wrong with it. */
  readonly why: string;
}

/** @param changes by what goes wrong with it: what is replaced, and by what; a text alone is removed. */
export function mutationsOf(
  file: string,
  changes: Readonly<Record<string, string | readonly [search: string, replace: string]>>,
): Mutation[] {
  return Object.entries(changes).map(([why, change]) => {
    const [search, replace] = typeof change === 'string' ? [change, ''] : change;
    return { file, search, replace, why };
  });
}
