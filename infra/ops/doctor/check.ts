import { setTimeout as delay } from 'node:timers/promises';
import { errorText } from '../../command-line/error-text.ts';
import { tableText } from '../../command-line/table-text.ts';
import type { Output, Session } from '../stack-command.ts';
import type { Target } from '../target/target.ts';

/** What a program needs of a finding, if it is known. */
interface Facts {
  /** ISO 8601 time since which it has been so. */
  readonly since?: string | undefined;
  /** Number of messages, deliveries or books. */
  readonly count?: number;
  /** Accounts, channels, kinds of results or books. */
  readonly concerns?: readonly string[];
}

/** Result of a check. */
export interface Finding extends Facts {
  /** `warn`: needs attention, but nothing is broken. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** Advice to the operator, with the section of the runbook. */
  readonly todo?: string;
}

/** A check that an operator would make first. It changes nothing. */
export interface Check<Context> {
  readonly name: string;
  run(context: Context): Finding | Promise<Finding>;
  /** Advice if the check itself fails. */
  readonly otherwise: string;
  /** Least number of seconds between two runs in the console: it costs requests. Absent: 5. */
  readonly everySeconds?: number;
}

export interface Checked extends Finding {
  readonly name: string;
  /** The check itself failed, so the state of what it checks is not known. */
  readonly isUnread?: true;
}

export const ok = (found: string): Finding => ({ state: 'ok', found });
export const warn = (found: string, todo: string, facts: Facts = {}): Finding => ({
  ...{ state: 'warn', found, todo },
  ...facts,
});
export const fail = (found: string, todo: string, facts: Facts = {}): Finding => ({
  ...{ state: 'fail', found, todo },
  ...facts,
});

/** The SDK may search several places for credentials, each with a timeout. */
const PATIENCE_MS = 20_000;

/** Runs all checks at the same time. A check that throws counts as failed. */
export function runChecks<Context>(checks: readonly Check<Context>[], context: Context): Promise<Checked[]> {
  return Promise.all(
    checks.map(async ({ name, run, otherwise }) => {
      try {
        return { name, ...(await Promise.race([run(context), late()])) };
      } catch (error) {
        return { name, ...fail(errorText(error).replaceAll(/\s+/g, ' '), otherwise), isUnread: true };
      }
    }),
  );
}

async function late(): Promise<never> {
  await delay(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`no answer within ${PATIENCE_MS / 1000} s`);
}

const COLOUR = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** Reports a line for each check, then the advice. */
export function reportOf(checked: readonly Checked[], screen: Session['screen']): Output {
  const todo = checked.flatMap((check) =>
    check.todo === undefined
      ? []
      : [`${screen.style(COLOUR[check.state], check.state)} ${check.name}: ${check.todo}`],
  );
  const table = tableText(
    ['STATE', 'CHECK', 'FOUND'],
    checked.map(({ state, name, found }) => [state, name, found]),
    screen,
  );
  return {
    document: {
      healthy: checked.every(({ state }) => state !== 'fail'),
      checks: checked.map(({ name, state, found, since, count, concerns, todo: doThis, isUnread }) => ({
        ...{ name, state, found, isUnread: isUnread === true },
        ...{ since: since ?? null, count: count ?? null, concerns: concerns ?? [], todo: doThis ?? null },
      })),
    },
    text: [table, ...(todo.length === 0 ? [] : [`\nWhat to do:\n  ${todo.join('\n  ')}`])].join('\n'),
    isProblem: checked.some(({ state }) => state === 'fail'),
  };
}

/** Context of checks for local stacks and stages alike. */
export interface SystemContext {
  readonly target: Target;
  /** Options that select the same stack in suggested commands: ` --stage prod`. */
  readonly which: string;
  readonly now: number;
}
