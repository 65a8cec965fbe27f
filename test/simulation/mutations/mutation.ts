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
