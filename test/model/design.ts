/**
 * The decisions of "one rule" (README.md says what each is), and for each a history that fails when it is taken back:
 * `SCENARIO/FAULTS/SEED`. After a change of the model, `npm run model -- witnesses` finds others.
 */
export const WITNESSES = {
  counters: 'edited/losses/8',
  startAtTime: 'expired/calm/1',
  staleTakesStored: 'expired/calm/1',
  settleReadsAll: 'duplicates/late/1',
  secondReceiveWritesBook: 'duplicates/crashes/4',
  again: 'late document/late/2',
  looksCompareAll: 'removed/crashes/2',
  notShownIsDue: 'late document/late/5',
  derivedMarks: 'corrected/calm/1',
  firstBodyMarks: 'corrected before its first body/losses/1',
  derivedBeforeBody: 'corrected/outages/1',
  derivedReadsBook: 'pay stubs of a reopened book/losses/55',
  correctionMarks: 'corrected/everything/1',
  probes: 'income/everything/1',
};

export type Flag = keyof typeof WITNESSES;
/** `true` is what the code does; `false` takes one decision back, as a developer would guess. */
export type Design = Readonly<Record<Flag, boolean>>;

export const FLAGS = Object.keys(WITNESSES) as readonly Flag[];
export const DESIGN = without();

/** The design with one or several decisions taken back. */
export function without(...flags: readonly string[]): Design {
  return Object.fromEntries(FLAGS.map((flag) => [flag, !flags.includes(flag)])) as Design;
}
