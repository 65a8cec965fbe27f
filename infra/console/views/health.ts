import { type Checked, runChecks } from '../../ops/doctor/check.ts';
import { HEALTH_CHECKS } from '../../ops/health/checks.ts';
import type { Target } from '../../ops/target/target.ts';

const EVERY_MS = 5000;

/** Maximum number of seconds between two runs of a check that has found something. */
const FOUND_SECONDS = 30;

/** Age from which a result says nothing about the present: no console has asked for longer than a check may take. */
const OUTDATED_MS = 30_000;

export type Health = readonly Checked[];

/**
 * Runs the checks of `ops doctor` that may run often, in the background, while the console asks for the result.
 *
 * @returns `read` reads the latest result without waiting: `undefined` until there is one. `first` waits for it.
 */
export function createHealth(
  open: () => Promise<Target>,
  which: string,
  clock: () => number = Date.now,
): { read(): Health | undefined; first(): Promise<Health | undefined> } {
  let health: Health | undefined;
  /** Latest result of each check by its name, and when it was started. */
  let latest = new Map<string, { readonly at: number; readonly checked: Checked }>();
  let startedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  async function run(now: number): Promise<void> {
    const isDue = ({ name, everySeconds = 0 }: (typeof HEALTH_CHECKS)[number]) => {
      const { at, checked } = latest.get(name) ?? {};
      // What is repaired should soon be shown as well.
      const seconds = checked?.state === 'ok' ? everySeconds : Math.min(everySeconds, FOUND_SECONDS);
      return at === undefined || now >= at + seconds * 1000;
    };
    const context = { target: await open(), which, now };
    for (const checked of await runChecks(HEALTH_CHECKS.filter(isDue), context))
      latest.set(checked.name, { at: now, checked });
    health = HEALTH_CHECKS.flatMap(({ name }) => latest.get(name)?.checked ?? []);
  }

  const forget = () => {
    latest = new Map();
    health = undefined;
  };
  const read = () => {
    const now = clock();
    if (now > startedAt + OUTDATED_MS) forget();
    if (running === undefined && now >= startedAt + EVERY_MS) {
      startedAt = now;
      running = run(now)
        .catch(forget)
        .finally(() => {
          running = undefined;
        });
    }
    return health;
  };
  return {
    read,
    async first() {
      if (read() === undefined) await running;
      return health;
    },
  };
}
