import { DAY, HOUR, MINUTE } from '../../ocrolus/random.ts';
import type { ResultTruth } from '../../ocrolus/truth.ts';
import { isFresh } from '../final/stored.ts';
import { isStillWanted, type Naming } from '../running/named.ts';
import { isAvailable } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';
import { JOBS_MS, PROCESSING } from './pauses.ts';

/** An event that came before its result is not waited for any longer: the end of the run compares it. */
const MOST_WAITING_MS = 5 * DAY;

/** What an accepted event announces is in the table soon, and always after a time that this file says. */
export class AnnouncedDeadlines {
  readonly #watch: Watch;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  add(naming: Naming): void {
    if (naming.revision === 0 && !naming.isNew) return;
    const { deadlines, now } = this.#watch;
    deadlines.add(now() + this.#processing(naming.at), () => this.#check(naming));
  }

  /** @returns when to look again. */
  #check(naming: Naming): number | undefined {
    const { core, now, exemptions, written } = this.#watch;
    const { bookUuid, kind, subject, at } = naming;
    const early = this.#early(naming, at, this.#processing(at));
    if (early !== undefined) return early;
    if (exemptions.of(bookUuid, at, now()) !== undefined || !isStillWanted(this.#watch, naming))
      return undefined;
    if (isFresh(core, naming)) return undefined;
    const result = core.ocrolus.result(bookUuid, kind, subject);
    if (result === undefined || result.state === 'unavailable' || result.state === 'neverReady')
      return undefined;
    // Ocrolus has said since that there is none.
    if (result.permanentUntil > at) return undefined;
    // It was stored, and its time is over.
    if (written.expiredAt(bookUuid, `RESULT#${kind}#${subject}`) !== undefined) return undefined;
    if (!isAvailable(result)) {
      const waited = now() - at;
      return waited > MOST_WAITING_MS ? undefined : now() + Math.max(10 * MINUTE, waited / 4);
    }
    const tooEarly = this.#early(naming, Math.max(at, result.availableFrom), this.#retrying(naming, result));
    if (tooEarly !== undefined) return tooEarly;
    this.#report(naming, result);
    return undefined;
  }

  /** @returns when the deadline is over, if something that went wrong has put it off. */
  #early({ bookUuid, kind }: Naming, from: number, allowed: number): number | undefined {
    const { core, now, disturbances } = this.#watch;
    const free = disturbances.undisturbed(from, now(), core.ocrolus.accountOf(bookUuid), kind);
    return free < allowed ? now() + allowed - free : undefined;
  }

  /** A result that is not there yet is asked for with pauses that double, from the shortest to the longest of the stage. */
  #retrying({ at, withoutBook }: Naming, { availableFrom, state }: ResultTruth): number {
    if (state === 'asynchronous') return JOBS_MS;
    // The message itself waits while its book is unknown: a refusal by mistake costs a second pause of eight hours.
    if (withoutBook !== undefined) return 16 * HOUR + this.#processing(at);
    const waited = availableFrom - at;
    const { minSeconds, maxSeconds } = this.#watch.deployments.at(availableFrom).stage.poll;
    const pause = waited <= 0 ? 0 : 1.25 * Math.min(maxSeconds * 1000, Math.max(minSeconds * 1000, waited));
    return pause + this.#processing(at);
  }

  #processing(at: number): number {
    return at < this.#watch.quietAt ? PROCESSING.noisy : PROCESSING.quiet;
  }

  #report({ bookUuid, kind, subject, at, revision, by }: Naming, { state }: ResultTruth): void {
    const text = `${kind} ${subject}, revision ${revision} (${state}), announced by ${by} at ${iso(at)}`;
    this.#watch.violations.add('late', bookUuid, text);
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
