import { type Times, timesOf } from '../../../shared/checklist/times.ts';
import { Poll } from '../../config/ocrolus.ts';

const { minSeconds, maxSeconds, graceSeconds, horizonDays } = Poll.parse({});

/** The times of a stage with the default settings of `poll`. */
export const DEFAULT_TIMES: Times = timesOf({
  POLL_MIN_SECONDS: minSeconds,
  POLL_MAX_SECONDS: maxSeconds,
  POLL_GRACE_SECONDS: graceSeconds,
  POLL_HORIZON_DAYS: horizonDays,
  TIME_SCALE: 1,
});
