import { UsageError } from '../../command-line/commands.ts';
import { errorText } from '../../command-line/error-text.ts';
import { fail, reportOf, runChecks } from '../doctor/check.ts';
import { LOCAL_CHECKS } from '../doctor/local.ts';
import { MACHINE_CHECKS, thisMachine } from '../doctor/machine.ts';
import { accessFor } from '../doctor/probe/ask.ts';
import { probe } from '../doctor/probe/probe.ts';
import { ACCESS_CHECKS, openStageContext, STAGE_CHECKS } from '../doctor/stage.ts';
import { SYSTEM_CHECKS } from '../doctor/system.ts';
import { bookId } from '../options.ts';
import {
  type Output,
  type Run,
  type Session,
  type StackOptions,
  sameStack,
  stackCommand,
} from '../stack-command.ts';
import type { Target } from '../target/target.ts';

export function doctorCommand(run: Run) {
  return stackCommand('doctor', {
    summary: 'check what an operator would check first, and say what to do about it',
    description:
      'Local: versions, process, ports, faults. A stage: region, credentials, stack, quota, certificate, alarms, poller. ' +
      'Both: what Ocrolus refuses, refused and retried deliveries, paused consumers, dead letters, age of messages, books, ' +
      'missing results, secrets, registration, what version 0.1 left. It changes nothing, and shows no secrets.',
    status0: 'no check failed; there may be warnings.',
    examples: [
      ['ops doctor', 'this machine, and the local stack'],
      ['ops doctor --stage prod --region us-east-1', 'a deployed stage'],
      [
        'OCROLUS_CLIENT_ID=id OCROLUS_CLIENT_SECRET=secret ops doctor --probe',
        'the first contact with the real API, before anything is deployed',
      ],
    ],
  })
    .option(
      '--probe',
      'ask Ocrolus for a token, a book and each kind of result, and suggest the setting "results"; it only reads, and shows no names and no bodies',
    )
    .option('--book <uuid>', 'the book that --probe asks about; the first in the list when left out', bookId)
    .option('--account <name>', 'the account whose credentials --probe uses', 'default')
    .action((options) => {
      const { book, account, stage } = options;
      if (options.probe !== true && book !== undefined) throw new UsageError('--book is for --probe');
      const check = async (screen: Session['screen'], target?: Target, problem?: unknown) =>
        options.probe === true
          ? probe(await accessFor(target, { account, stage, problem }), book, screen)
          : diagnose(options, screen, target, problem);
      return run(
        options,
        ({ target, screen }) => check(screen, target),
        (problem, { screen }) => check(screen, undefined, problem),
      );
    });
}

/** @param problem the reason for a missing target. */
async function diagnose(
  options: StackOptions,
  screen: Session['screen'],
  target: Target | undefined,
  problem?: unknown,
): Promise<Output> {
  const { stage, data } = options;
  const which = sameStack(options);
  const ofStage = async () => {
    if (stage === undefined) return [];
    const context = openStageContext(stage);
    const access = await runChecks(ACCESS_CHECKS, context);
    const isIn = access.every(({ state }) => state === 'ok');
    return [...access, ...(isIn ? await runChecks(STAGE_CHECKS, context) : [])];
  };
  const ofTarget = async () => {
    if (target === undefined) return [{ name: 'ops', ...unopened(problem, stage) }];
    const local = stage === undefined ? runChecks(LOCAL_CHECKS, { target, data }) : [];
    const system = runChecks(SYSTEM_CHECKS, { target, which, now: Date.now() });
    return [...(await local), ...(await system)];
  };
  const checked = await Promise.all([runChecks(MACHINE_CHECKS, thisMachine), ofStage(), ofTarget()]);
  return reportOf(checked.flat(), screen);
}

function unopened(problem: unknown, stage: string | undefined) {
  const found = errorText(problem);
  return stage === undefined
    ? fail(found, 'start one, in another terminal: npm start')
    : fail(found, 'nothing else of the stage can be checked until this works');
}
