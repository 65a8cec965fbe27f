import type { Core } from '../../system/core.ts';
import type { Stage } from '../../system/stage.ts';
import type { Excused } from '../excuses.ts';
import type { NamedResults } from '../running/named.ts';
import type { Violations } from '../violations.ts';
import type { Watch } from '../watch.ts';
import type { Renewals } from '../watched.ts';

/** What the comparison at the end of a run needs. */
export interface FinalCheck {
  readonly core: Core;
  readonly watch: Watch;
  /** Unix milliseconds. */
  readonly now: number;
  readonly named: NamedResults;
  readonly renewals: Renewals;
  readonly violations: Violations;
  readonly excused: Excused;
  readonly counts: { compared: number };
  /** The stage at the end, since when it is deployed, and the one at an earlier time. */
  readonly stage: Stage;
  readonly deployedAt: number;
  readonly stageAt: (time: number) => Stage;
  /** The final outcome of a delivery, by its key in the ledger. */
  readonly outcomeOf: (ledgerKey: string) => string | undefined;
}
