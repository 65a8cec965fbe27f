import type { Actor } from './actors.ts';
import { decide, decideDelay, simulatedError } from './faults.ts';

type Outcome<Result> = { readonly result: Result } | { readonly error: unknown };

interface PortCall {
  /** For example `table.put`: the fault profile goes by it. */
  readonly name: string;
  /** What it is about, for the history. */
  readonly key: string;
  /** Gives the caller an error when it aborts; the effect happens anyway, as that of a request on its way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * One I/O of an actor: a scheduling point at which the seed decides when, and whether, its effect happens. The
 * effect and its answer are one event, unless the fault profile wants the answer late.
 *
 * @param effect happens at once when it is called. What it throws, the caller gets.
 * @returns never settles once the actor is dead.
 */
export function port<Result>(
  actor: Actor,
  { name, key, signal }: PortCall,
  effect: () => Result,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    if (!actor.isAlive) return;
    if (signal?.aborted) return reject(signal.reason);
    const { random } = actor;
    const { scheduler, history } = actor.simulation;
    const faults = actor.simulation.faults.of(name);
    const decision = decide(faults, random);

    /** The work of a dead actor does not happen, except that of a request on its way. */
    const later = (word: string, work: () => void) => {
      scheduler.after(decideDelay(faults, random), () => {
        if (!actor.isAlive && !random.chance(faults.onTheWire)) return;
        history.record({ time: scheduler.now(), actor: actor.id, port: name, key, decision: word });
        work();
      });
    };
    const settle = (outcome: Outcome<Result>) => {
      if (!actor.isAlive) return;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.result);
    };
    const answer = (outcome: Outcome<Result>) => {
      if (random.chance(faults.lateAnswer)) later('answer', () => settle(outcome));
      else settle(outcome);
    };
    const failure = (moment: 'before' | 'after') => ({ error: simulatedError(name, moment, random) });

    if (signal !== undefined) {
      signal.addEventListener('abort', () => settle({ error: signal.reason }), { once: true });
    }
    later(decision, () => {
      if (decision === 'failBefore') return answer(failure('before'));
      if (decision === 'dieBefore') return actor.kill('before the effect');
      const outcome = attempt(effect);
      if (decision === 'dieAfter') return actor.kill('after the effect');
      if (decision === 'ok' || 'error' in outcome) return answer(outcome);
      if (decision === 'failAfter') return answer(failure('after'));
      later('repeated', () => answer(attempt(effect)));
    });
  });
}

function attempt<Result>(effect: () => Result): Outcome<Result> {
  try {
    return { result: effect() };
  } catch (error) {
    return { error };
  }
}
