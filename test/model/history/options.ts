import type { Policies } from '../checklist/lines.ts';
import type { Design } from '../design.ts';
import type { StepName } from '../ocrolus/steps.ts';
import type { Counts } from '../reconcile/process.ts';
import type { TableCounts } from '../table/table.ts';

/** Possible faults, as probabilities; `skew` in minutes. */
export interface Faults {
  /** A function dies, at each step. */
  readonly crash: number;
  /** An event is lost. */
  readonly lost: number;
  /** An event is sent twice, or SQS delivers a message while a copy of it is processed. */
  readonly duplicate: number;
  /** Another delivery that waits is in the same batch. */
  readonly batch: number;
  /** A call fails. */
  readonly fail: number;
  /** There is no permit for a call. */
  readonly throttled: number;
  /** Ocrolus does not answer yet with what it has announced. */
  readonly early: number;
  /** Book status shows a change minutes later. */
  readonly lag: number;
  readonly jobs: boolean;
  /** The clocks of functions are wrong by up to this. */
  readonly skew: number;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly StepName[];
  /** The events of so many first steps may be lost: statuses and answers show what they announce. */
  readonly lossy?: number;
  readonly policies?: Partial<Policies>;
  /** Detect refuses the call for a document: probability. */
  readonly refusedSignals?: number;
  readonly maxSkew?: number;
  /** Nothing is announced early. */
  readonly isPunctual?: true;
  /** Jobs, whatever the faults say. */
  readonly hasJobs?: true;
  /** Not of books with more than 50 documents. */
  readonly isSmall?: true;
  /** Items of book and documents expire at the end, while results stay, and then events arrive. */
  readonly expires?: true;
}

export interface Options {
  readonly design: Design;
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly random: () => number;
  readonly consumers: number;
  /** Then SQS gives up on the message. */
  readonly maxReceives: number;
  /** More than 50 documents: a delivery reads and writes its own only. */
  readonly isLarge?: boolean;
  /** Probability that the same function runs on: others pause meanwhile, for long. */
  readonly burst?: number;
  /** After a calm life of the book, a test decides every step. */
  readonly window?: (window: Window) => void;
  readonly trace?: (line: string) => void;
}

/** Actions that a test may take in a window. */
export interface Window {
  world(step: StepName): void;
  /** The oldest message that waits is received; a `copy`: the last one that was received, again. */
  receive(skew: number, copy?: 'copy'): void;
  look(skew: number): void;
  /** Functions at work. */
  names(): string[];
  step(name: string): void;
  crash(name: string): void;
}

export interface Outcome {
  readonly violations: readonly string[];
  readonly counts: Counts;
  readonly table: TableCounts;
  readonly steps: number;
  /**
   * `complete` was true for minutes while a document was open: SQS had delivered a message twice, and one copy ended it.
   * The design accepts that.
   */
  readonly brief: number;
}
