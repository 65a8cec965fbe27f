import type { Disturbances } from '../faults/disturbances.ts';
import type { Core } from '../system/core.ts';
import type { Deployments } from '../system/settings.ts';
import type { Deadlines } from './deadlines/deadlines.ts';
import type { Excused, Exemptions } from './excuses.ts';
import type { Violations } from './violations.ts';
import type { Discovery, WriteTimes } from './watched.ts';

/** What all parts of the oracle share while a run is watched. */
export interface Watch {
  readonly core: Core;
  /** Virtual Unix milliseconds. */
  readonly now: () => number;
  /** When things cease to go wrong; then single calls do not fail any more either. */
  readonly quietAt: number;
  readonly violations: Violations;
  readonly excused: Excused;
  readonly deadlines: Deadlines;
  readonly disturbances: Disturbances;
  readonly deployments: Deployments;
  readonly exemptions: Exemptions;
  readonly written: WriteTimes;
  readonly discovery: Discovery;
}
