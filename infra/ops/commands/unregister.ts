import * as z from 'zod';
import { isNoReport, NoReport, UnregisterReport } from '../../../shared/ocrolus/webhooks/reports.ts';
import { changingCommand, type Run } from '../stack-command.ts';

const Reports = z.array(z.union([NoReport, UnregisterReport]));

export function unregisterCommand(run: Run) {
  return changingCommand('unregister', {
    summary: 'remove the webhook from Ocrolus, if it still points here',
    description: 'Run it before an account is removed from a stage: afterwards its credentials are gone.',
    status0: 'the webhook is no longer registered.',
    examples: [
      ['ops unregister --account lending --stage prod', 'before the account is removed from the settings'],
    ],
  })
    .option('--account <name>', 'only this account')
    .action((options) =>
      run(options, async ({ target, confirm }) => {
        const { account } = options;
        await confirm(
          `remove the webhook of ${account ?? 'every account'} from Ocrolus: no delivery arrives after that`,
        );
        const event = { action: 'unregister', ...(account !== undefined && { account }) };
        const results = Reports.parse(await target.invoke('registration', event));
        const failed = results.filter(isNoReport);
        if (failed.length > 0)
          throw new Error(failed.map(({ account, error }) => `${account}: ${error}`).join('\n'));
        return { document: results, text: results.map(describe).join('\n') };
      }),
    );
}

function describe(result: NoReport | UnregisterReport): string {
  if (isNoReport(result)) return '';
  return `${result.account}: ${result.removed ? 'removed' : 'was not registered'}`;
}
