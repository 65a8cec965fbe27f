import * as z from 'zod';
import { isNoReport, NoReport, RegistrationReport } from '../../../shared/ocrolus/webhooks/reports.ts';
import { type Run, stackCommand } from '../stack-command.ts';

const Reports = z.array(z.union([NoReport, RegistrationReport]));

export function registrationCommand(run: Run) {
  return stackCommand('registration', {
    summary: 'compare what Ocrolus has registered with the settings',
    status0: 'at least one account could be asked, whether or not it differs.',
    examples: [
      ['ops registration --stage prod', 'every account'],
      ['ops registration --account lending --stage prod --json', 'one account, for a program'],
    ],
  })
    .option('--account <name>', 'only this account')
    .action((options) =>
      run(options, async ({ target }) => {
        const { account } = options;
        const event = { action: 'show', ...(account !== undefined && { account }) };
        const document = Reports.parse(await target.invoke('registration', event));
        if (document.every(isNoReport)) throw new Error(document.map(describe).join('\n'));
        return { document, text: document.map(describe).join('\n') };
      }),
    );
}

function describe(result: NoReport | RegistrationReport): string {
  if (isNoReport(result)) return `${result.account}: ${result.error}`;
  const { account, level, wanted, registered, difference, drift } = result;
  const list = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  return [
    `${account} (${level} level): ${drift ? 'DIFFERS' : 'matches the settings'}`,
    `  wanted      ${wanted.url}, ${wanted.events.length} events`,
    `  registered  ${registered === null ? 'nothing' : `${registered.url}, ${registered.events.length} events`}`,
    `  webhook     ${difference.webhook}`,
    `  missing     ${list(difference.missing)}`,
    `  unasked     ${list(difference.unasked)}`,
    `  left out by Ocrolus, as expected: ${list(difference.dropped)}`,
  ].join('\n');
}
