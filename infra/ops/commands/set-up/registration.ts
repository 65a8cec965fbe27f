import * as z from 'zod';
import {
  isNoReport,
  NoReport,
  RegisterReport,
  RegistrationReport,
  TICK_EVENTS,
  UnregisterReport,
} from '../../../../shared/ocrolus/webhooks/reports.ts';
import { changingCommand, type Run, stackCommand } from '../../stack-command.ts';
import type { Target } from '../../target/target.ts';

const ACCOUNT = ['--account <name>', 'only this account'] as const;

export function registrationCommand(run: Run) {
  return stackCommand('registration', {
    summary: 'compare what Ocrolus has registered with the settings',
    status0: 'at least one account could be asked, whether or not it differs.',
    examples: [
      ['ops registration --stage prod', 'every account'],
      ['ops registration --account lending --stage prod --json', 'one account, for a program'],
    ],
  })
    .option(...ACCOUNT)
    .action((options) =>
      run(options, async ({ target }) => {
        const document = await invoke(target, 'show', options.account, RegistrationReport);
        const text = document.map((one) => (isNoReport(one) ? reasonOf(one) : describeShown(one))).join('\n');
        if (document.every(isNoReport)) throw new Error(text);
        return { document, text };
      }),
    );
}

export function registerCommand(run: Run) {
  return changingCommand('register', {
    summary: 'register the webhook with Ocrolus and have it tested',
    description: 'The same as a deployment with registration.enabled.',
    status0: 'every account is registered.',
    examples: [
      ['ops register --stage prod', 'every account'],
      ['ops register --stage prod --account lending --yes', 'one account, confirmed in advance'],
    ],
  })
    .option(...ACCOUNT)
    .action(({ account, ...options }) =>
      run(options, async ({ target, confirm }) => {
        await confirm(
          `register the webhook of ${account ?? 'every account'} with Ocrolus, in place of what is registered`,
        );
        const document = await change(target, 'register', account, RegisterReport);
        return { document, text: document.map(describeRegistered).join('\n') };
      }),
    );
}

export function unregisterCommand(run: Run) {
  return changingCommand('unregister', {
    summary: 'remove the webhook from Ocrolus, if it still points here',
    description: 'Run it before an account is removed from a stage: afterwards its credentials are gone.',
    status0: 'the webhook is no longer registered.',
    examples: [
      ['ops unregister --account lending --stage prod', 'before the account is removed from the settings'],
    ],
  })
    .option(...ACCOUNT)
    .action(({ account, ...options }) =>
      run(options, async ({ target, confirm }) => {
        await confirm(
          `remove the webhook of ${account ?? 'every account'} from Ocrolus: no delivery arrives after that`,
        );
        const document = await change(target, 'unregister', account, UnregisterReport);
        const lines = document.map(
          (one) => `${one.account}: ${one.removed ? 'removed' : 'was not registered'}`,
        );
        return { document, text: lines.join('\n') };
      }),
    );
}

/** Invokes the registration function. @returns a report of each account, or the reason why it has none. */
async function invoke<Report extends object>(
  target: Target,
  action: 'show' | 'register' | 'unregister',
  account: string | undefined,
  report: z.ZodType<Report>,
): Promise<(NoReport | Report)[]> {
  const event = { action, ...(account !== undefined && { account }) };
  return z.array(z.union([NoReport, report])).parse(await target.invoke('registration', event));
}

/** As {@link invoke}. @throws Error that names every account without a report. */
async function change<Report extends object>(...call: Parameters<typeof invoke<Report>>): Promise<Report[]> {
  const answers = await invoke(...call);
  const failed = answers.filter(isNoReport);
  if (failed.length > 0) throw new Error(failed.map(reasonOf).join('\n'));
  return answers.filter((answer): answer is Report => !isNoReport(answer));
}

function reasonOf({ account, error }: NoReport): string {
  return `${account}: ${error}`;
}

function describeShown(report: RegistrationReport): string {
  const { account, level, wanted, registered, difference, drift, waitsForDashboard } = report;
  const list = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  return [
    `${account} (${level} level): ${stateOf(drift, waitsForDashboard)}`,
    `  wanted      ${wanted.url}, ${wanted.events.length} events`,
    `  registered  ${registered === null ? 'nothing' : `${registered.url}, ${registered.events.length} events`}`,
    `  webhook     ${difference.webhook}`,
    `  missing     ${list(difference.missing)}`,
    `  unasked     ${list(difference.unasked)}`,
    `  left out by Ocrolus, as expected: ${list(difference.dropped)}`,
  ].join('\n');
}

function stateOf(drift: boolean, waitsForDashboard: boolean): string {
  if (waitsForDashboard) return `WAITING FOR THE DASHBOARD: ${TICK_EVENTS}`;
  return drift ? 'DIFFERS' : 'matches the settings';
}

function describeRegistered(report: RegisterReport): string {
  const { account, url, events, test, difference, replaced, waitsForDashboard } = report;
  const { missing, dropped } = difference;
  if (waitsForDashboard) {
    return `${account}: ${url}, waiting for the Dashboard: ${TICK_EVENTS}\n  to tick: ${missing.join(', ')}`;
  }
  const lines = [`${account}: ${url}, ${events.length} events, test: ${test}`];
  if (missing.length > 0) lines.push(`  Ocrolus left out: ${missing.join(', ')}`);
  if (dropped.length > 0) lines.push(`  Ocrolus left out, as expected: ${dropped.join(', ')}`);
  if (replaced !== undefined) lines.push(`  in place of: ${replaced}`);
  return lines.join('\n');
}
