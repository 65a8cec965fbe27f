import * as z from 'zod';
import { isNoReport, NoReport, UnregisterReport } from '../../../shared/ocrolus/webhooks/reports.ts';
import type { Command } from '../command.ts';

const Reports = z.array(z.union([NoReport, UnregisterReport]));

export const unregister: Command = {
  usage: 'unregister [--account A]',
  summary:
    'remove the webhook from Ocrolus, if it still points here: before an account is taken out of a stage',
  status0: 'nothing of ours is registered any more',
  options: { account: { type: 'string' } },
  async run(target, call) {
    const account = call.text('account');
    const event = { action: 'unregister', ...(account !== undefined && { account }) };
    const results = Reports.parse(await target.invoke('registration', event));
    const failed = results.filter(isNoReport);
    if (failed.length > 0)
      throw new Error(failed.map(({ account, error }) => `${account}: ${error}`).join('\n'));
    return { document: results, text: results.map(describe).join('\n') };
  },
};

function describe(result: NoReport | UnregisterReport): string {
  if (isNoReport(result)) return '';
  return `${result.account}: ${result.removed ? 'removed' : 'nothing of ours was registered'}`;
}
