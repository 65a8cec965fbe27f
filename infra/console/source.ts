import type { Hono } from 'hono';
import type { Target } from '../ops/target/target.ts';

/** The stack that the console shows: the local one, or a deployed stage. */
export interface ConsoleSource {
  /** `null`: the local stack. */
  readonly stage: string | null;
  /** Options of `ops` that select the stack, after a space: ` --stage prod`; empty for the default local stack. */
  readonly opsFlags: string;
  /** Opens the stack for the functions with which `ops` reads it. */
  open(): Promise<Target>;
  /** Minimum number of milliseconds between two snapshots. */
  readonly everyMs: number;
  /** The same between two reads of the parts that are slow or cost money. */
  readonly partsEveryMs: number;
  /** State that only the local stack has. */
  readLocal?(): Promise<object>;
  /** Actions that only the local stack has, below `/api`. Everything else only reads. */
  readonly routes?: Hono;
}

/** Query parameters. */
export type Query = Readonly<Record<string, string>>;

/** Calls of AWS cost money and quota. */
const EVERY_MS = 10_000;
/** CloudWatch has no newer values within a minute. */
const PARTS_EVERY_MS = 60_000;

/** A deployed stage for the console. Nothing is written. */
export function openStageSource(
  target: Target,
  { stage, opsFlags }: { readonly stage: string; readonly opsFlags: string },
): ConsoleSource {
  return {
    stage,
    opsFlags,
    open: async () => target,
    everyMs: EVERY_MS,
    partsEveryMs: PARTS_EVERY_MS,
  };
}
