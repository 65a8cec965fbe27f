/** A history that fails without a decision: `SCENARIO/FAULTS/SEED`, or a situation (command.ts). */
export type Witness = string;

/**
 * The decisions of "one rule" (README.md says what each is), and for each a history that fails when it is taken back. After a
 * change of the model, `npm run model -- witnesses` finds others.
 */
export const WITNESSES = {
  counters: 'reopened/jobs/1',
  firstReceiveMarks: 'two edits of X',
  startAtTime: 'expired/calm/1',
  staleTakesStored: 'expired/calm/1',
  onlyWhatApplies: 'rejected/calm/1',
  jobKeepsMark: 'corrected at once/jobs/1',

  settleReadsAll: 'pay stubs of a reopened book/outages/16',
  settleCompares: 'unreadable book/outages/10 large',
  settleWritesOpen: 'removed/outages/86',
  settleRereads: 'duplicates/late/191 large',
  bookBeforeDocs: 'late income/late/271 large',
  secondReceiveWritesBook: 'signals again/outages/1 large',
  lookNotesRepeat: 'late document/outages/940',
  dueBeforeMark: 'signals again/outages/66 large',
  again: 'corrected before its first body/targeted/5',
  docsFirst: 'corrected twice/crashes/1 large',
  looksCompareAll: 'rejected/crashes/1 large',
  notDueStops: 'life/crashes/1',
  notShownIsDue: 'late document/late/5',

  derivedMarks: 'corrected/calm/1',
  firstBodyMarks: 'corrected before its first body/calm/2',
  derivedBeforeBody: 'corrected/outages/1',
  derivedReadsBook: 'X is corrected after the book ended, while an earlier delivery works',
  derivedRises: 'pay stubs/late/25 large',
  derivedWaits: 'corrected, computed later/jobs/2 large',
  correctionMarks: 'corrected twice/crashes/2',
  correctionNeedsNoStatus: 'corrected twice/outages/26',
  correctionRepeats: 'corrected twice/crashes/2',

  probes: 'late income/calm/1',
  probesGoOn: 'late income/calm/1',
  probeIsNoMark: 'no income/calm/1',

  pagesKeepMark: 'pages/targeted/79',
  firstPageLast: 'corrected, all kinds/calm/1',
  replacedSetsStay: 'pages/calm/119',
  setsStartOver: 'pages/jobs/1',

  failedJobRestarts: 'failing jobs/calm/1',
  unrefusedBreaksCircuit: 'announced, circuit open/calm/1',
  failedIsNoRefusal: 'announced, circuit open/jobs/1 large',
  suppressedWaits: 'refused for 3 days/calm/1',
  refusedSignalsMarkBook: 'signals of X that Detect refuses',
  signalsWait: 'late signals/targeted/1',
  signalsCompare: 'late signals/losses/181 large',
  signalsProbed: 'late signals/calm/1',
  unreadWaits: 'unreadable document/calm/1',
} satisfies Record<string, Witness>;

export type Flag = keyof typeof WITNESSES;
/** `true` is what the code does; `false` takes one decision back, as a developer would guess. */
export type Design = Readonly<Record<Flag, boolean>>;

export const FLAGS = Object.keys(WITNESSES) as readonly Flag[];
export const DESIGN = Object.fromEntries(FLAGS.map((flag) => [flag, true])) as Design;

/** The design with one or several decisions taken back. */
export function without(...flags: readonly Flag[]): Design {
  return { ...DESIGN, ...Object.fromEntries(flags.map((flag) => [flag, false])) };
}
