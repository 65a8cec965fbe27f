import * as z from 'zod';
import { isNoReport, NoReport, RegisterReport } from '../../../shared/ocrolus/webhooks/reports.ts';
import { changingCommand, type Run } from '../stack-command.ts';

const Reports = z.array(z.union([NoReport, RegisterReport]));

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
    .option('--account <name>', 'only this account')
    .action((options) =>
      run(options, async ({ target, confirm }) => {
        const { account } = options;
        await confirm(
          `register the webhook of ${account ?? 'every account'} with Ocrolus, in place of what is registered`,
        );
        const event = { action: 'register', ...(account !== undefined && { account }) };
        const results = Reports.parse(await target.invoke('registration', event));
        const failed = results.filter(isNoReport);
        if (failed.length > 0)
          throw new Error(failed.map(({ account, error }) => `${account}: ${error}`).join('\n'));
        return { document: results, text: results.map(describe).join('\n') };
      }),
    );
}

function describe(result: NoReport | RegisterReport): string {
  if (isNoReport(result)) return '';
  const { missing, dropped } = result.difference;
  const lines = [`${result.account}: ${result.url}, ${result.events.length} events, test: ${result.test}`];
  if (missing.length > 0) lines.push(`  Ocrolus left out: ${missing.join(', ')}`);
  if (dropped.length > 0) lines.push(`  Ocrolus left out, as expected: ${dropped.join(', ')}`);
  if (result.replaced !== undefined) lines.push(`  in place of: ${result.replaced}`);
  return lines.join('\n');
}
